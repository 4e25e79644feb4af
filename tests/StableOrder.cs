using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(Neolia.Tests.StableOrder))]
[assembly: TestClassOrderer(typeof(Neolia.Tests.StableOrder))]
[assembly: TestMethodOrderer(typeof(Neolia.Tests.StableOrder))]
[assembly: TestCaseOrderer(typeof(Neolia.Tests.StableOrder))]

namespace Neolia.Tests;

/// <summary>By name. The runner's own order hangs on the folder that the tests were built in: what fails in one would pass in another.</summary>
internal sealed class StableOrder : ITestCollectionOrderer, ITestClassOrderer, ITestMethodOrderer, ITestCaseOrderer
{
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection => ByName(testCollections, collection => collection.TestCollectionDisplayName);

    public IReadOnlyCollection<TTestClass?> OrderTestClasses<TTestClass>(IReadOnlyCollection<TTestClass?> testClasses)
        where TTestClass : notnull, ITestClass => ByName(testClasses, type => type?.TestClassName);

    public IReadOnlyCollection<TTestMethod?> OrderTestMethods<TTestMethod>(IReadOnlyCollection<TTestMethod?> testMethods)
        where TTestMethod : notnull, ITestMethod => ByName(testMethods, method => method?.MethodName);

    public IReadOnlyCollection<TTestCase> OrderTestCases<TTestCase>(IReadOnlyCollection<TTestCase> testCases)
        where TTestCase : notnull, ITestCase => ByName(testCases, test => test.TestCaseDisplayName);

    private static IReadOnlyCollection<T> ByName<T>(IReadOnlyCollection<T> tests, Func<T, string?> name) =>
        [.. tests.OrderBy(name, StringComparer.Ordinal)];
}
