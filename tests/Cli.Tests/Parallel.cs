using Xunit.Sdk;
using Xunit.v3;

// Tests of one class do not depend on each other either: each has a folder of its own.
[assembly: Parallelization(Mode = ParallelMode.All)]
