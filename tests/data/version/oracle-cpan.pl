# SPDX-License-Identifier: Apache-2.0
# Judges each line "a<TAB>b" of the file with Perl's version: <, = or >, ! when it refuses one.
use strict;
use warnings;
use version;
open(my $file, '<', $ARGV[0]) or die;
while (my $line = <$file>) {
    chomp $line;
    my ($left, $right) = split(/\t/, $line, -1);
    my $order = eval { version->parse($left) <=> version->parse($right) };
    my $is_lax = version::is_lax($left) && version::is_lax($right);
    print !$is_lax || !defined $order ? "!" : $order < 0 ? "<" : $order > 0 ? ">" : "=", "\n";
}
