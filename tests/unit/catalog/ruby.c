/* SPDX-License-Identifier: Apache-2.0 */
/* What Bundler and RubyGems themselves write. */
#include "listing.h"

extern const struct pl_cataloger pl_cataloger_gemfile_lock;
extern const struct pl_cataloger pl_cataloger_gemspec;

#define SUM "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define SUM_2 "486ea46224d1bb4fb680f34f7c9ad96a8f24ec88be73ea8e5a6c65260e9cb8a7"
#define SPEC "usr/lib/ruby/gems/3.1.0/specifications/a-1.gemspec"

static void test_ruby__gemfile_lock(void **state)
{
    expect_listing(&pl_cataloger_gemfile_lock, "Gemfile.lock",
                   "GIT\r\n  remote: https://host/g.git\r\n  revision: 0123\r\n  specs:\r\n"
                   "    g (2.0.0.alpha1)\r\n      nokogiri (~> 1)\r\n      absent\r\n\r\n"
                   "PATH\n  remote: .\n  specs:\n    own (0.1)\n      g\n\n"
                   "GEM\n  remote: https://rubygems.org/\n  specs:\n"
                   "    nokogiri (1.18.2)\n      racc (~> 1.4)\n"
                   "    nokogiri (1.18.2-x86_64-linux-gnu)\n      racc (~> 1.4)\n"
                   "    racc (1.8.1)\n\n"
                   "PLATFORMS\n  ruby\n  x86_64-linux\n\n"
                   "DEPENDENCIES\n  g!\n  nokogiri (~> 1.18)\n  own!\n\n"
                   "CHECKSUMS\n  nokogiri (1.18.2) sha256=" SUM "\n"
                   "  nokogiri (1.18.2-x86_64-linux-gnu) sha256=" SUM_2 "\n  racc (1.8.1)\n\n"
                   "RUBY VERSION\n   ruby 3.0.2p107\n\nBUNDLED WITH\n   2.6.2\n",
                   "g@2.0.0.alpha1 direct > nokogiri@1.18.2 > absent\n"
                   "nokogiri@1.18.2 direct {sha256:e3b0c442} {sha256:486ea462} > racc@1.8.1\n"
                   "racc@1.8.1 transitive\n");
}

static void test_ruby__a_conflict_is_a_gap(void **state)
{
    expect_listing(&pl_cataloger_gemfile_lock, "gems.locked",
                   "GEM\n  specs:\n<<<<<<< HEAD\n    a (1)\n=======\n    a (2)\n>>>>>>> x\n"
                   "    b (1)\n",
                   "a@1\na@2\nb@1\n"
                   "gap: a merge conflict at offset 13: both sides are read\n");
}

static void test_ruby__gemspec(void **state)
{
    expect_listing(&pl_cataloger_gemspec, SPEC,
                   "# -*- encoding: utf-8 -*-\n# stub: rss 0.2.9 ruby lib\n\n"
                   "Gem::Specification.new do |s|\n  s.name = \"rss\".freeze\n"
                   "  s.version = \"0.2.9\"\n\n"
                   "  s.authors = [\"Kouhei \\\"K\\\" Sutou\".freeze]\n"
                   "  s.description = \"s.name = \\\"x\\\"\\ns.version\".freeze\n"
                   "  s.licenses = [\"Ruby\".freeze, 'BSD-2-Clause']\n"
                   "  if s.respond_to? :add_runtime_dependency then\n"
                   "    s.add_runtime_dependency(%q<rexml>.freeze, [\">= 0\"])\n"
                   "    s.add_development_dependency(%q<rake>.freeze, [\">= 0\"])\n"
                   "  else\n    s.add_dependency(%q<rake>.freeze, [\">= 0\"])\n  end\nend\n",
                   "rss@0.2.9 [Ruby] [BSD-2-Clause] > rexml\n");
}

static void test_ruby__gemspec_in_other_hands(void **state)
{
    /* By hand, with comments; and computed, so that the stub has to say it. */
    expect_listing(&pl_cataloger_gemspec, SPEC,
                   "Gem::Specification.new do |spec|\r\n  spec.name = \"async\".freeze # why\r\n"
                   "  spec.version = Gem::Version.new('1.25.0')\r\n  spec.license = \"MIT\" # x\r\n"
                   "  spec.add_dependency(\"b\", \"~> 1\")\r\nend\r\n",
                   "async@1.25.0 [MIT] > b\n");
    expect_listing(&pl_cataloger_gemspec, SPEC,
                   "# stub: a 1.2 java lib\nGem::Specification.new do |s|\n  s.name = NAME\n"
                   "  s.version = VERSION\nend\n",
                   "a@1.2\n");
    expect_listing(&pl_cataloger_gemspec, SPEC, "Gem::Specification.new do |s|\n  s.name = \"a\"\n",
                   "gap: package 'a' lacks its version\n");
}

static void test_ruby__places(void **state)
{
    expect_reader(SPEC, &pl_cataloger_gemspec);
    expect_reader("opt/vendor/bundle/ruby/3.1.0/specifications/default/json-2.6.1.gemspec",
                  &pl_cataloger_gemspec);
    expect_reader("src/own.gemspec", NULL);
}

int pl_test_ruby(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ruby__gemfile_lock),
        cmocka_unit_test(test_ruby__a_conflict_is_a_gap),
        cmocka_unit_test(test_ruby__gemspec),
        cmocka_unit_test(test_ruby__gemspec_in_other_hands),
        cmocka_unit_test(test_ruby__places),
    };
    return cmocka_run_group_tests_name("catalog/ruby", tests, NULL, NULL);
}
