using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MoeOrleans.Page.Access;

/// <summary>
/// What a browser that knew the token shows from then on: a time of expiry, and its HMAC under a key made of the token. So every silo with
/// the same token accepts it, also after a restart, and none does once the token was changed.
/// </summary>
/// <param name="token">The token.</param>
/// <param name="time">The clock.</param>
internal sealed class SessionCookie(string token, TimeProvider time)
{
    /// <summary>How long it is accepted.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    private readonly byte[] _key = SHA256.HashData(Encoding.UTF8.GetBytes($"moe page session\n{token}"));
    private readonly byte[] _token = SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>
    /// The cookie's name, which differs with the token: servers with the same one share it, and others at the same host, whose cookies a browser
    /// does not tell apart by port, do not overwrite it.
    /// </summary>
    public string Name => $"moe-page-{Convert.ToHexStringLower(SHA256.HashData(_key))[..8]}";

    /// <summary>Whether a text is the token. How long this takes says nothing about the token.</summary>
    /// <param name="text">The text.</param>
    public bool IsToken(string text) => CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(text)), _token);

    /// <summary>The value of a new cookie.</summary>
    public string New()
    {
        var expiry = (time.GetUtcNow() + Lifetime).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return $"{expiry}.{Seal(expiry)}";
    }

    /// <summary>Whether a cookie was made here, or by another silo with the same token, and has not expired.</summary>
    /// <param name="value">Its value.</param>
    public bool IsValid(string value)
    {
        if (value.Split('.') is not [var expiry, var seal]) return false;
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(seal), Encoding.UTF8.GetBytes(Seal(expiry)))) return false;
        return long.TryParse(expiry, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > time.GetUtcNow().ToUnixTimeSeconds();
    }

    private string Seal(string expiry) => Base64Url.EncodeToString(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(expiry)));
}
