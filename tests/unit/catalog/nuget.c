/* SPDX-License-Identifier: Apache-2.0 */
/* The files of NuGet and of programs of .NET, in the forms that their documentation shows. */
#include "listing.h"

#define READERS(X)                                                                                 \
    X(dotnet_deps)                                                                                 \
    X(nuget_assets)                                                                                \
    X(nuget_config)                                                                                \
    X(nuget_installed)                                                                             \
    X(nuget_lock)                                                                                  \
    X(nuget_props)

#define X(name) extern const struct pl_cataloger pl_cataloger_##name;
READERS(X)
#undef X

static void test_nuget__deps(void **state)
{
    (void)state;
    expect_listing(&pl_cataloger_dotnet_deps, "app/App.deps.json",
                   "\xef\xbb\xbf{\"runtimeTarget\":{\"name\":\"t\"},\"targets\":{\"t\":{"
                   "\"App/1.0.0\":{\"dependencies\":{\"A\":\"1.0\"}},"
                   "\"A/1.0\":{\"dependencies\":{\"B\":\"2.0\"}},\"B/2.0\":{}}},"
                   "\"libraries\":{\"App/1.0.0\":{\"type\":\"project\"},"
                   "\"A/1.0\":{\"type\":\"package\",\"sha512\":\"sha512-AAAA\"},"
                   "\"B/2.0\":{\"type\":\"package\"},\"C\":{\"type\":\"package\"},"
                   "\"runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.14\":"
                   "{\"type\":\"runtimepack\"}}}",
                   "A@1.0 direct > B@2.0\n"
                   "B@2.0 transitive\n"
                   "gap: package 'C' lacks its version\n");
    expect_listing(&pl_cataloger_dotnet_deps, "a.deps.json", "{}", "");
    expect_listing(&pl_cataloger_dotnet_deps, "a.deps.json", "[1",
                   "gap: the file is not JSON: "
                   "line 1, column 2: ']' expected "
                   "near end of file\n");
    expect_reader("app/A.B.deps.json", &pl_cataloger_dotnet_deps);
    expect_reader("app/runtimeconfig.json", NULL);
}

static void test_nuget__assets(void **state)
{
    (void)state;
    expect_listing(&pl_cataloger_nuget_assets, "obj/project.assets.json",
                   "{\"targets\":{\"net6.0\":{\"A/1.0\":{\"dependencies\":{\"B\":\"[2.0, )\"}}}},"
                   "\"libraries\":{\"A/1.0\":{\"type\":\"package\"},\"B/2.0\":{\"type\":"
                   "\"package\"},\"P/1.0\":{\"type\":\"project\"}},"
                   "\"projectFileDependencyGroups\":{\"net6.0\":[\"A >= 1.0\"]}}",
                   "A@1.0 direct > B\n"
                   "B@2.0 transitive\n");
}

static void test_nuget__lock(void **state)
{
    (void)state;
    expect_listing(&pl_cataloger_nuget_lock, "packages.lock.json",
                   "{\"version\":2,\"dependencies\":{\"net8.0\":{"
                   "\"A\":{\"type\":\"Direct\",\"requested\":\"[1.0, )\",\"resolved\":\"1.0\","
                   "\"dependencies\":{\"B\":\"1.9\"}},"
                   "\"B\":{\"type\":\"CentralTransitive\",\"resolved\":\"2.0\"},"
                   "\"p\":{\"type\":\"Project\",\"dependencies\":{\"A\":\"1.0\"}},"
                   "\"N\":{\"type\":\"Direct\"}},"
                   "\"net8.0/linux-x64\":{\"B\":{\"type\":\"Direct\",\"resolved\":\"2.0\"}}}}",
                   "A@1.0 direct > B@2.0\n"
                   "B@2.0 direct\n"
                   "gap: package 'N' lacks its version\n");
}

static void test_nuget__config(void **state)
{
    (void)state;
    expect_listing(&pl_cataloger_nuget_config, "packages.config",
                   "<packages>\n <package id=\"A\" version=\"1.0\" targetFramework=\"net45\" />\n"
                   " <package id=\"B\" version=\"2.0\" developmentDependency=\"true\" />\n"
                   " <package id=\"A\" version=\"1.0\" targetFramework=\"net46\" />\n"
                   " <package id=\"C\" />\n</packages>",
                   "A@1.0\nB@2.0 dev\ngap: package 'C' lacks its version\n");
    expect_listing(&pl_cataloger_nuget_config, "packages.config", "<configuration/>", "");
}

static void test_nuget__props(void **state)
{
    (void)state;
    expect_listing(
        &pl_cataloger_nuget_props, "Directory.Packages.props",
        "<Project><PropertyGroup><V>1.$(W)</V><J>13.0.1</J><K>$(J)</K><L>$(L)</L></PropertyGroup>"
        "<ItemGroup>"
        "<PackageVersion Include=\"A\" Version=\"[1.0]\" />"
        "<PackageVersion Include=\"J\" Version=\"$(K)\" />"
        "<PackageVersion Include=\"V\" Version=\"$(V)\" />"
        "<PackageVersion Include=\"L\" Version=\"$(L)\" />"
        "<PackageVersion Include=\"E\"><Version>3.0</Version></PackageVersion>"
        "<PackageVersion Include=\"F\" Version=\"1.*\" />"
        "<PackageVersion Include=\"R\" Version=\"[1.0,2.0)\" />"
        "<GlobalPackageReference Include=\"G\" Version=\"4.0\" />"
        "<PackageReference Update=\"U\" Version=\"5.0\" />"
        "</ItemGroup></Project>",
        "A@1.0\nJ@13.0.1\nE@3.0\nG@4.0 dev\nU@5.0\n");
}

static void test_nuget__installed(void **state)
{
    const struct pl_cataloger *it = &pl_cataloger_nuget_installed;
    const char *path = "root/.nuget/packages/a.b/1.0.0/a.b.nuspec";
    (void)state;
    expect_listing(it, path,
                   "<package><metadata><id>A.B</id><version>1.0</version>"
                   "<license type=\"expression\">MIT</license><licenseUrl>https://x</licenseUrl>"
                   "<dependencies><group targetFramework=\"net45\"><dependency id=\"C\" "
                   "version=\"1.0\"/></group><group><dependency id=\"C\"/></group>"
                   "<dependency id=\"D\"/></dependencies></metadata></package>",
                   "A.B@1.0 [MIT] > C > D\n");
    expect_listing(it, path,
                   "<package><metadata><id>A.B</id><version>1.0</version>"
                   "<license type=\"file\">LICENSE.txt</license></metadata></package>",
                   "A.B@1.0\n");
    expect_listing(it, path,
                   "<package><metadata><id>A.B</id><version>1.0</version>"
                   "<licenseUrl>https://x</licenseUrl></metadata></package>",
                   "A.B@1.0 [https://x]\n");
    expect_listing(it, path, "<package><metadata><id>A.B</id></metadata></package>",
                   "gap: package 'A.B' lacks its version\n");
    expect_listing(it, "src/project/project.nuspec", "<package/>", "");
    expect_listing(it, "a.nuspec", "<package/>", "");
}

int pl_test_nuget(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nuget__deps),  cmocka_unit_test(test_nuget__assets),
        cmocka_unit_test(test_nuget__lock),  cmocka_unit_test(test_nuget__config),
        cmocka_unit_test(test_nuget__props), cmocka_unit_test(test_nuget__installed),
    };
    return cmocka_run_group_tests_name("catalog/nuget", tests, NULL, NULL);
}
