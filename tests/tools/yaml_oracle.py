#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Holds format/yaml.h to PyYAML: documents in every style that it writes, and by hand.

usage: yaml_oracle.py TREE_DUMP [SEED [COUNT] | FILE...]
"""
import json
import random
import subprocess
import sys

try:
    import yaml
except ImportError:
    print("1..1\nok 1 - yaml oracle # SKIP python3-yaml is not installed")
    sys.exit(0)

# What the two languages (YAML 1.1 there, 1.2 here) read alike.
BY_HAND = [
    "a: b\n", "- a\n- - b\n  - c\n-\n  d: e\n", "a: |\n  x\n   y\n\n  z\n", "a: >-\n  x\n  y\n\n  z\n",
    "a: |+\n  x\n\n\nb: c\n", "a: |2\n    x\n", "a: 'it''s'\n", 'a: "\\t\\x41\\u263a\\U0001F600"\n',
    "a: b # c\n", "a: b#c\n", "a: x:y\n", "- [a, [b, {c: d}], e: f]\n", "{a: [1, 2], 'b': \"c\"}\n",
    "a:\n- b\n- c\n", "a: &x 1\nb: *x\n", "? a\n: b\n", "---\na: b\n---\nc: d\n...\n", "a: plain\n  over\n  lines\n",
    '"a\n  b": c\n', "a: http://x/y#z\n", "- !!str 1\n", "a: -1\nb: - c\n", "a: 'x\n", "[a\n", "a: b: c\n", "{a\n",
    "a: *x\n", "\ta: b\n", "%YAML 1.1\n---\na\n", "a:\r\n  b: c\r\n", "%bad\n", "@a\n", "`a\n", "a: @b\n", "- ? a\n",
    "a:\n  b\n c: d\n",
]


class Loader(yaml.BaseLoader):
    """Text, but for plain scalars that are null or booleans in YAML 1.2's core schema."""


def construct(loader, node):
    words = {"": None, "~": None, "true": True, "false": False, "null": None}
    if node.tag == "plain" and node.value.lower() in words and \
            node.value in (node.value.lower(), node.value.upper(), node.value.capitalize()):
        return words[node.value.lower()]
    return node.value


class Composer(Loader):
    def compose_scalar_node(self, anchor):
        event = self.peek_event()
        node = super().compose_scalar_node(anchor)
        node.tag = "plain" if event.style is None and not event.tag else "text"
        return node

    def construct_mapping(self, node, deep=False):
        pairs = [(key.value, self.construct_object(value, deep=True)) for key, value in node.value]
        if len(dict(pairs)) != len(pairs):
            raise yaml.YAMLError("twice")
        return dict(pairs)


Composer.add_constructor("plain", construct)
Composer.add_constructor("text", construct)


def expected(text):
    try:
        return list(yaml.load_all(text, Composer))
    except (yaml.YAMLError, TypeError, AttributeError):
        return "error"


class Dump:
    def __init__(self, program):
        self.child = subprocess.Popen([program, "yaml"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def read(self, text):
        data = text.encode()
        self.child.stdin.write(b"%d\n" % len(data) + data)
        self.child.stdin.flush()
        line = self.child.stdout.readline().decode()
        return json.loads(line[1:]) if line.startswith("+") else "error"


def some_text(rng):
    alphabet = rng.choice(["abc", "a b:-#", "1.0", "\u00e9\u263a\n\"' ", "@/^~>=<*&!|%`{}[],? \\", "nulltrue"])
    return "".join(rng.choice(alphabet) for _ in range(rng.choice([0, 1, 3, 8, 100])))


def some_value(rng, depth):
    kind = rng.randrange(6) if depth < 4 else 0
    if kind < 3:
        return rng.choice([None, True, False, some_text(rng), some_text(rng), some_text(rng)])
    if kind == 3:
        return [some_value(rng, depth + 1) for _ in range(rng.randrange(5))]
    return {some_text(rng): some_value(rng, depth + 1) for _ in range(rng.randrange(5))}


def some_document(rng):
    value = some_value(rng, 0)
    if isinstance(value, (dict, list)) and rng.randrange(3) == 0:
        value = [value, {"again": value}]  # written as an anchor and its alias
    return yaml.dump(value, default_flow_style=rng.choice([None, True, False]), allow_unicode=rng.choice([True, False]),
                     default_style=rng.choice([None, None, "'", '"', "|", ">"]), width=rng.choice([20, 80, 1000]),
                     indent=rng.choice([2, 4]), explicit_start=rng.choice([True, False]))


def main():
    dump = Dump(sys.argv[1])
    rest = sys.argv[2:]
    if rest and not rest[0].isdigit():
        cases = [open(name, encoding="utf-8").read() for name in rest]
    else:
        rng = random.Random(int(rest[0]) if rest else 1)
        cases = BY_HAND + [some_document(rng) for _ in range(int(rest[1]) if len(rest) > 1 else 3000)]
    bad = 0
    for text in cases:
        want, got = expected(text), dump.read(text)
        if want != got:
            bad += 1
            print(f"# {text[:300]!r}\n#   PyYAML   {str(want)[:300]}\n#   plimsoll {str(got)[:300]}")
    print(f"1..1\n{'not ok' if bad else 'ok'} 1 - {len(cases)} documents as PyYAML reads them, {bad} otherwise")
    return bad > 0


sys.exit(main())
