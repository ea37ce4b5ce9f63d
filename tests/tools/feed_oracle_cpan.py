#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the feed of the CPAN Security Advisory database to Perl's own judgement of versions.

usage: feed_oracle_cpan.py FEED_DUMP FEEDS_DIRECTORY

At each version that a distribution ever had, the publisher's ranges and ours have to say the same.
"""
import collections
import json
import os
import subprocess
import sys
import tempfile

# Perl's own judgement of versions: a line "VERSION<TAB>RANGE|RANGE", each comparisons with commas between them.
PERL = r"""
use strict; use warnings; use version;
while (<STDIN>) {
    chomp; my ($v, $ranges) = split /\t/, $_, -1;
    my $version = eval { version->parse($v) };
    if (!defined $version || !version::is_lax($v)) { print "!\n"; next }
    my $in = 0;
    for my $range (split /\|/, $ranges) {
        my $ok = 1;
        for my $one (split /,/, $range) {
            my ($op, $bound) = $one =~ /^\s*(>=|<=|==|=|>|<|!=)?\s*(\S+)\s*$/ or die $one;
            my $order = $version <=> version->parse($bound);
            $op ||= '=';
            $ok &&= $op eq '>=' ? $order >= 0 : $op eq '<=' ? $order <= 0 : $op eq '<' ? $order < 0
                  : $op eq '>' ? $order > 0 : $op eq '!=' ? $order != 0 : $order == 0;
        }
        $in ||= $ok;
    }
    print $in ? "in\n" : "out\n";
}
"""
COMPARISONS = {"introduced": ">=", "above": ">", "fixed": "<", "last_affected": "<="}


def check(dump, path):
    with open(path, encoding="utf-8") as file:
        distributions = json.load(file)["dists"]
    wanted, got = collections.defaultdict(list), collections.defaultdict(list)
    for name, distribution in distributions.items():
        for advisory in distribution["advisories"]:
            wanted[advisory["id"], name] += advisory["affected_versions"]
    done = subprocess.run([dump, path], stdout=subprocess.PIPE, check=True)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    document = lines.pop()["document"]
    assert document["feed"] == "cpan-advisory" and document["counts"]["malformed"] == 0, document
    for line in lines:
        for affected in line["advisory"]["affected"]:
            got[line["advisory"]["id"], affected["package"]["name"]] += [
                ",".join(COMPARISONS[what] + bound for event in one["events"] for what, bound in event.items())
                for one in affected["ranges"]]
    cases = [(key, str(version["version"])) for key in wanted for version in distributions[key[1]].get("versions", [])]
    answers = [subprocess.run(["perl", "-e", PERL], encoding="utf-8", stdout=subprocess.PIPE, check=True,
                              input="".join(f"{version}\t{'|'.join(ranges[key])}\n" for key, version in cases))
               .stdout.split("\n") for ranges in (wanted, got)]
    assert all(len(one) == len(cases) + 1 for one in answers)
    for case, one, other in zip(cases, *answers):
        assert one == other, (case, one, other)
    print(f"{len(wanted)} advisories at {len(cases)} versions")


def main():
    packed = os.path.join(sys.argv[2], "native", "cpan", "cpan-security-advisory.json.zst")
    if not os.path.exists(packed):
        print(f"skipped: there is no {packed}")
        return 77
    with tempfile.TemporaryDirectory() as top:
        path = os.path.join(top, "cpan.json")
        with open(path, "wb") as file:
            subprocess.run(["zstd", "-dcq", packed], stdout=file, check=True)
        check(sys.argv[1], path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
