<?php
// SPDX-License-Identifier: Apache-2.0
// Judges each line "a<TAB>b" of the file with composer/semver: <, = or >, ! when it refuses one, ?
// when it gives no order; with "in" as second argument each line "constraint<TAB>version": i, o or !.
$autoload = '/usr/share/php/Composer/Semver/autoload.php';
if (!is_file($autoload)) {
    exit(77);
}
require $autoload;

function judge($a, $b, $mode)
{
    $parser = new Composer\Semver\VersionParser();
    if ($mode === 'in') {
        return Composer\Semver\Semver::satisfies($b, $a) ? 'i' : 'o';
    }
    $a = $parser->normalize($a);
    $b = $parser->normalize($b);
    foreach (['<', '=', '>'] as $op) {
        if (Composer\Semver\Comparator::compare($a, $op, $b)) {
            return $op;
        }
    }
    return '?';
}

foreach (file($argv[1], FILE_IGNORE_NEW_LINES) as $line) {
    list($a, $b) = explode("\t", $line);
    try {
        echo judge($a, $b, $argv[2] ?? ''), "\n";
    } catch (UnexpectedValueException $e) {
        echo "!\n";
    }
}
