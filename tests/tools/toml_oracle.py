#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Holds format/toml.h to Python's tomllib: some thousand documents, valid and broken.

usage: toml_oracle.py TREE_DUMP [SEED [COUNT]]
"""
import datetime
import json
import math
import random
import re
import subprocess
import sys
import tomllib

DUMP = sys.argv[1]
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 1
COUNT = int(sys.argv[3]) if len(sys.argv) > 3 else 6000

# The specification's own examples, and what is known to be hard.
BY_HAND = [
    "", "\n", "\r\n", "# only a comment", "a=1", "a = 1\r\nb = 2\r\n", "a = 1\rb = 2",
    "\ufeffa = 1", 'bare_key = "v"\nbare-key = "v"\n1234 = "v"',
    '"127.0.0.1" = "v"\n"\u028eO" = 1\n\'q"uoted\' = 2', '"" = "blank"', "'' = 1", "= 1", "a",
    "a =", "a = 1 b = 2", "a = # no", "a.b.c = 1\na.b.d = 2", "a . b = 1", "a. = 1", ".a = 1",
    "a..b = 1", "3.14159 = 'pi'", "a = 1\na = 2", "a.b = 1\na.b.c = 2", "a = 1\na.b = 2",
    'a = "\\u00e9\\U0001F600\\b\\t\\n\\f\\r\\"\\\\"', 'a = "\\ud800"', 'a = "\\U00110000"',
    'a = "\\x41"', 'a = "\\e"', 'a = "\\u12"', 'a = "\x7f"', 'a = "\x01"', 'a = "\t"',
    "a = 'x\x00y'", 'a = "\\u0000"', 'a = """\nx\\\n   y\\  \n\n z"""', 'a = """a \\ b"""',
    'a = """a\r\nb"""', 'a = """a\rb"""', 'a = """"""', 'a = """"two quotes""""',
    'a = """""five"""""', 'a = """x""""""', "a = '''x'''''", "a = ''''''''", "a = '''\r\nx\r\n'''",
    'a = "x\ny"', "a = 'x\ny'", 'a = "', 'a = """', "a = '", "a = '''x''", 'a = "\\', 'a = """\\',
    'a = """\\   """', 'a = """\\\r\n  x"""', '"""a""" = 1', "'''a''' = 1", '"a\nb" = 1',
    "a = +99\nb = 42\nc = 0\nd = -17\ne = 1_000\nf = 5_349_221\ng = 1_2_3_4_5",
    "a = +0\nb = -0\nc = +0.0\nd = -0.0", "a = 01", "a = 0_1", "a = 1__0", "a = _1", "a = 1_",
    "a = 0x", "a = 0xDEADBEEF", "a = 0xdead_beef", "a = 0x_1", "a = +0x1", "a = 0X1", "a = 0o755",
    "a = 0o8", "a = 0b1101_0110", "a = 0b2", "a = 0x1.5", "a = 00", "a = -",
    "a = 9223372036854775807", "a = -9223372036854775808", "a = 9223372036854775808",
    "a = 0xffffffffffffffff", "a = -9223372036854775809", "a = 0x7fffffffffffffff",
    "a = 1.0\nb = 3.1415\nc = -0.01\nd = 5e+22\ne = 1e06",
    "a = -2E-2\nb = 6.626e-34\nc = 224_617.445_991_228", "a = .7", "a = 7.", "a = 3.e+20", "a = 1e",
    "a = 1e+", "a = 1_e1", "a = 1e_1", "a = 1._1", "a = 1.1_", "a = 01.5", "a = 1e400", "a = 809e-28",
    "a = -1e400", "a = 1e-400", "a = inf", "a = +inf", "a = -inf", "a = nan", "a = +nan",
    "a = -nan", "a = Inf", "a = infinity", "a = true\nb = false", "a = True", "a = truefalse",
    "a = tru", "a = 1979-05-27T07:32:00Z", "a = 1979-05-27T00:32:00-07:00",
    "a = 1979-05-27 07:32:00z", "a = 1979-05-27t00:32:00.999999+07:00", "a = 1979-05-27T07:32:00",
    "a = 1979-05-27T00:32:00.999999", "a = 1979-05-27", "a = 07:32:00", "a = 00:32:00.999999",
    "a = 1979-05-27 # c", "a = 1979-05-27 ", "a = 1979-05-27 07:32", "a = 1979-05-27 0",
    "a = 1979-05-27T", "a = 1979-5-27", "a = 1979-02-29", "a = 2000-02-29", "a = 1900-02-29",
    "a = 1979-04-31", "a = 1979-13-01", "a = 1979-00-01", "a = 24:00:00", "a = 23:60:00",
    "a = 23:59:61", "a = 07:32", "a = 07:32:00.", "a = 07:32:00Z", "a = 1979-05-27T07:32:00+24:00",
    "a = 1979-05-27T07:32:00+7:00", "a = 1979-05-27T07:32:00Zx", "a = 1979-05-27Z", "a = [1, 2, 3]",
    "a = [ [1, 2], ['a', \"b\"] ]", "a = [ # c\n 1, # d\n\n 2,\n]", "a = [1,,2]", "a = [,]",
    "a = [1 2]", "a = [", "a = [1", "a = [1,", "a = ]", "a = [{x=1}, {x=2}]", "a = []", "a = [\n]",
    "a = [1] b", "a = [[[[]]]]", "[t]\na=1\n[t.u]\nb=2", "[a.b.c]\n[a]\nx=1", "[a]\n[a]",
    "[a]\nb=1\n[a.b]", "[a.b]\n[a]\nb=1", "[x.y.z.w]\n[x]", "[ d . e . f ]",
    '[ j . "\u02a8" . \'l\' ]', "[]", "[a", "[a]]", "[a.]", "[.a]", "[a] b", "[a] # c", "[ ]",
    "[a\n]", '[a."b"]\nc=1', "apple.color = 1\napple.taste.sweet = true\n[apple]",
    "[fruit]\napple.color = 1\n[fruit.apple]",
    "[fruit]\napple.taste.sweet = true\n[fruit.apple.taste]",
    "[fruit]\napple.color = 1\n[fruit.apple.texture]\nsmooth = true",
    "[a.b.c]\nz=9\n[a]\nb.c.t = 1", "[a.b.c.d]\nz=9\n[a]\nb.c.d.k.t = 1", "[a.b.c]\n[a]\nb.d = 1",
    "[a]\nb.d = 1\n[a.b.c]", "a.b = 1\n[a]\nc = 1", "a.b.c = 1\n[a.b]\nd = 2",
    "a.b.c = 1\n[a.d]\ne = 2", "[a]\nb.c = 1\n[x]\n[a.b]", "a = {}\n[a]", "a = {}\n[a.b]",
    "a = {}\na.b = 1", "a = {b = {}}\n[a.b]", "a = {b.c = 1, b.d = 2}", "a = {b = 1, b = 2}",
    "a = {b = {c = 1}, b.d = 2}", "a = {b.c = 1, b = 2}", "a = {b = 1, b.c = 2}", "a = { }",
    "a = {,}", "a = {b = 1,}", "a = {b = 1\n}", "a = {b = [\n1\n]}", "a = {b = 1 c = 2}", "a = {b}",
    "a = {", "a = {b=1", "a = {b.c.d = {e = []}}", "[[a]]\nx=1\n[[a]]\nx=2",
    "[[a]]\n[a.b]\nx=1\n[[a]]\n[a.b]\nx=2", "[[a]]\n[[a.b]]\n[[a.b]]\n[[a]]\n[[a.b]]", "[a]\n[[a]]",
    "[[a]]\n[a]", "a = []\n[[a]]", "a = [{}]\n[[a]]", "a = [{}]\n[a.b]", "[[a.b]]\n[a]\nc=1",
    "[[a.b]]\n[a]\nb.c=1", "[[a]]\nb.c = 1\n[a.b]", "[[a]]\nb.c = 1\n[[a]]\nb.c = 2",
    "[[a]]\n[a.b.c]\n[a]", "[a.b]\n[[a.b.c]]\n[a.b.d]\n[[a.b.c]]", "[a]\nb = 1\n[[a.b]]", "[[a] ]",
    "[ [a]]", "[[a]", "[[]]", "[[a.b]]\n[[a]]", "[a.b]\n[[a]]", "[fruit.physical]\n[[fruit]]",
    "# \x01", "# \t", "# \x7f", "# \r\n", "# a\rb", "a = 1 # \x00", "a = 1 # \u00e9", "\x0ca = 1",
    "a = 1\x0b", "\u00e9 = 1", "a = \u00e9", "a.a.a.a.a.a.a.a.a.a = 1", "['\"'] # x",
    "a = \"\\\"\"\nb=1", "a = '''\n\n'''", 'a="""\n\n"""', "a = \"\\u00E9\" # \\u",
]
# Where the two differ on purpose: integers beyond 64 bits and years before 1 are Python's own
# limits or lack of them, and RFC 3339 knows the second 60.
DIFFERS = re.compile(r":60|\b0000-")


def fits(value):
    if isinstance(value, dict):
        return all(fits(item) for item in value.values())
    if isinstance(value, list):
        return all(fits(item) for item in value)
    return not isinstance(value, int) or -2**63 <= value < 2**63


def same(wanted, got):
    if isinstance(wanted, dict):
        return (isinstance(got, dict) and list(wanted) == list(got) and
                all(same(wanted[key], got[key]) for key in wanted))
    if isinstance(wanted, list):
        return isinstance(got, list) and len(wanted) == len(got) and all(map(same, wanted, got))
    if isinstance(wanted, float):
        if math.isnan(wanted) or math.isinf(wanted):
            return got == ("nan" if math.isnan(wanted) else "inf" if wanted > 0 else "-inf")
        return isinstance(got, float) and repr(wanted) == repr(got)
    if isinstance(wanted, (datetime.date, datetime.time)):
        return isinstance(got, str) and tomllib.loads("x = " + got)["x"] == wanted
    return type(wanted) is type(got) and wanted == got


KEYS = ["a", "b", "c", "d", "x-1", "_", "7", '"a"', "'b'", '"q k"', '"\\u0061"', '""']
LETTERS = ["a", "b", " ", "\t", "#", "'", "\u00e9", "\u4e2d", "\U0001f600", "\\n", "\\\\", '\\"',
           "\\u00e9", "\\U0001F600"]
LINE_ENDS = ["\n", "\r\n", "\\\n  ", "\\  \r\n", '"']
JUNK = ["=", "[", "]", "{", "}", ",", ".", '"', "'", "\\", "\n", "\r", "#", "0", "_", "-", "+", ":", "e",
        "x", " ", "\x00", "\x7f", '"""', "'''", "\\u", "Z", "T"]


class Maker:
    """Documents out of a grammar that is a little wider than TOML's."""

    def __init__(self, dice):
        self.dice = dice

    def blank(self):
        return self.dice.choice(["", "", "", " ", "  ", "\t"])

    def gap(self):
        return self.dice.choice(["", " ", "\n", " # c\n", "\r\n"])

    def key(self):
        parts = self.dice.choices(KEYS, k=self.dice.choice([1, 1, 1, 2, 2, 3]))
        return (self.blank() + "." + self.blank()).join(parts)

    def letters(self, alphabet):
        return "".join(self.dice.choices(alphabet, k=self.dice.randrange(8)))

    def text(self):
        quotes = self.dice.choice(['"', "'", '"""', "'''"])
        if quotes == "'":
            return quotes + self.letters([c for c in LETTERS if c != "'"]) + quotes
        return quotes + self.letters(LETTERS + (LINE_ENDS if len(quotes) == 3 else [])) + quotes

    def integer(self):
        most = 10**self.dice.randrange(1, 20)
        number = self.dice.randrange(-most, most)
        return self.dice.choice([str, str, lambda n: hex(abs(n)), lambda n: oct(abs(n)),
                                 lambda n: bin(abs(n) % 99)])(number)

    def real(self):
        dice = self.dice
        return dice.choice([repr(dice.uniform(-1e6, 1e6)),
                            repr(dice.random() * 10.0**dice.randrange(-300, 300)),
                            "%de%d" % (dice.randrange(99), dice.randrange(-30, 30))])

    def moment(self):
        dice = self.dice
        date = "%04d-%02d-%02d" % (dice.choice([1, 1900, 2000, 2023, 2024]), dice.randrange(1, 13),
                                   dice.randrange(1, 32))
        clock = "%02d:%02d:59%s" % (dice.randrange(25), dice.randrange(60),
                                    dice.choice(["", ".5", ".123456789"]))
        zone = dice.choice(["", "Z", "z", "+01:30", "-23:59"])
        return dice.choice([date, clock, date + dice.choice("Tt ") + clock + zone])

    def number(self):
        odd = ["inf", "-inf", "nan", "+inf", "true", "false", "1_000.000_1", "+5", "-0", "0e0"]
        return self.dice.choice([self.integer, self.real, self.moment,
                                 lambda: self.dice.choice(odd)])()

    def value(self, depth):
        form = self.dice.randrange(10)
        if depth > 3 or form < 4:
            return self.text() if form % 2 else self.number()
        if form < 7:
            items = [self.gap() + self.value(depth + 1) + self.gap()
                     for _ in range(self.dice.randrange(4))]
            comma = "," if items and self.dice.random() < .3 else ""
            return "[" + ",".join(items) + comma + self.gap() + "]"
        items = [self.blank() + self.key() + "=" + self.value(depth + 1) + self.blank()
                 for _ in range(self.dice.randrange(4))]
        return "{" + ",".join(items) + "}"

    def line(self):
        form = self.dice.randrange(10)
        if form < 6:
            line = self.key() + self.blank() + "=" + self.blank() + self.value(0)
        elif form < 8:
            line = "[" + self.blank() + self.key() + self.blank() + "]"
        elif form < 9:
            line = "[[" + self.key() + "]]"
        else:
            line = "# " + self.dice.choice(["", "comment", "\u00e9"])
        return self.blank() + line + self.blank()

    def document(self):
        ends = ["\n", "\n", "\r\n", "\n\n", " # c\n"]
        return "".join(self.line() + self.dice.choice(ends)
                       for _ in range(self.dice.randrange(1, 9)))


def broken(dice, text):
    for _ in range(dice.randrange(1, 4)):
        at = dice.randrange(len(text) + 1)
        length = dice.choice([0, 0, 1, 1, 2, 5])
        text = text[:at] + dice.choice(["", *JUNK, *JUNK]) + text[at + length:]
    return text


def documents():
    dice = random.Random(SEED)
    maker = Maker(dice)
    yield from BY_HAND
    for text in BY_HAND:
        yield from (text[:length] for length in range(len(text)))
    for _ in range(COUNT):
        text = maker.document()
        yield text
        yield broken(dice, text)
        yield broken(dice, dice.choice(BY_HAND))


def read(text):
    try:
        value = tomllib.loads(text)
    except (ValueError, OverflowError):
        return None
    return value if fits(value) else None


def main():
    child = subprocess.Popen([DUMP, "toml"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    accepted = refused = failed = 0
    for text in documents():
        if DIFFERS.search(text.replace("\r\n", "\n")):
            continue
        raw = text.encode()
        child.stdin.write(b"%d\n" % len(raw) + raw)
        child.stdin.flush()
        answer = child.stdout.readline().decode()
        wanted = read(text)
        got = json.loads(answer[1:]) if answer.startswith("+") else None
        accepted += wanted is not None
        refused += wanted is None
        if (wanted is None) != (got is None) or (wanted is not None and not same(wanted, got)):
            failed += 1
            if failed <= 20:
                print("# %r\n#   tomllib: %r\n#   here: %s" % (text, wanted, answer.strip()))
    child.stdin.close()
    ended = child.wait()
    good = failed == 0 and ended == 0 and accepted > COUNT // 2 and refused > COUNT
    print("1..1")
    print("%s 1 - %d accepted, %d refused, %d differ (seed %d)" %
          ("ok" if good else "not ok", accepted, refused, failed, SEED))
    return 0 if good else 1


sys.exit(main())
