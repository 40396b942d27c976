using Xunit.Sdk;
using Xunit.v3;

// Tests of one class do not depend on each other either: each uses another folder.
[assembly: Parallelization(Mode = ParallelMode.All)]
