using System.Buffers;
using System.IO.Pipelines;

namespace MoeOrleans.Bench.Planning;

/// <summary>Counts the bytes that a silo sends to other silos and receives from them.</summary>
internal sealed class SiloTraffic
{
    private long _sent;
    private long _received;

    /// <summary>Bytes sent.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>Bytes received.</summary>
    public long Received => Volatile.Read(ref _received);

    public void AddSent(long bytes) => Interlocked.Add(ref _sent, bytes);

    public void AddReceived(long bytes) => Interlocked.Add(ref _received, bytes);
}

/// <summary>A connection whose bytes are counted.</summary>
/// <param name="inner">The connection.</param>
/// <param name="traffic">Where they are counted.</param>
internal sealed class CountedPipe(IDuplexPipe inner, SiloTraffic traffic) : IDuplexPipe
{
    /// <inheritdoc/>
    public PipeReader Input { get; } = new CountedReader(inner.Input, traffic);

    /// <inheritdoc/>
    public PipeWriter Output { get; } = new CountedWriter(inner.Output, traffic);

    private sealed class CountedReader(PipeReader inner, SiloTraffic traffic) : PipeReader
    {
        private ReadOnlySequence<byte> _buffer;

        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            var result = await inner.ReadAsync(cancellationToken).ConfigureAwait(false);
            _buffer = result.Buffer;
            return result;
        }

        public override bool TryRead(out ReadResult result)
        {
            var read = inner.TryRead(out result);
            if (read) _buffer = result.Buffer;
            return read;
        }

        public override void AdvanceTo(SequencePosition consumed)
        {
            Count(consumed);
            inner.AdvanceTo(consumed);
        }

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
            Count(consumed);
            inner.AdvanceTo(consumed, examined);
        }

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        private void Count(SequencePosition consumed)
        {
            traffic.AddReceived(_buffer.Slice(0, consumed).Length);
            _buffer = default;
        }
    }

    private sealed class CountedWriter(PipeWriter inner, SiloTraffic traffic) : PipeWriter
    {
        public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

        public override long UnflushedBytes => inner.UnflushedBytes;

        public override void Advance(int bytes)
        {
            traffic.AddSent(bytes);
            inner.Advance(bytes);
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);
    }
}
