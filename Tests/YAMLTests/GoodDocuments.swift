/// Documents that are YAML, each with the tree it must give (see `TreeText`).
enum GoodDocuments {
    static let all: [DocumentCase] = [
        DocumentCase(
            "a map", "a: b",
            gives: "{a: b}"),
        DocumentCase(
            "a map in order", "z: 1\na: 2\nm: 3\n",
            gives: "{z: int(1), a: int(2), m: int(3)}"),
        DocumentCase(
            "a nested map", "a:\n  b:\n    c: d\n",
            gives: "{a: {b: {c: d}}}"),
        DocumentCase(
            "a list in a map, not indented", "a:\n- b\n- c\n",
            gives: "{a: [b, c]}"),
        DocumentCase(
            "a list of maps", "- a: 1\n  b: 2\n- c: 3\n",
            gives: "[{a: int(1), b: int(2)}, {c: int(3)}]"),
        DocumentCase(
            "a flow map", "{a: 1, b: [x, y]}",
            gives: "{a: int(1), b: [x, y]}"),
        DocumentCase(
            "a flow map over lines with a trailing comma", "{\n  a: 1,\n  b: 2,\n}\n",
            gives: "{a: int(1), b: int(2)}"),
        DocumentCase(
            "an empty flow map and list", "a: {}\nb: []\n",
            gives: "{a: {}, b: []}"),
        DocumentCase(
            "a scalar alone", "hello world",
            gives: "hello world"),
        DocumentCase(
            "null in every spelling", "[~, null, Null, NULL, nUll]",
            gives: "[null, null, null, null, nUll]"),
        DocumentCase(
            "nothing as a value", "a:\nb: \nc: ''\n",
            gives: "{a: null, b: null, c: \"\"}"),
        DocumentCase(
            "booleans of the core schema", "[true, True, TRUE, false, False, FALSE, tRue]",
            gives: "[bool(true), bool(true), bool(true), bool(false), bool(false), bool(false), tRue]"),
        DocumentCase(
            "on, off, yes and no are text", "[on, off, yes, no, On, y, n]",
            gives: "[on, off, yes, no, On, y, n]"),
        DocumentCase(
            "whole numbers", "[0, 12, -7, +3, 012, 0o17, 0x1F, 0xff]",
            gives: "[int(0), int(12), int(-7), int(3), int(12), int(15), int(31), int(255)]"),
        DocumentCase(
            "not whole numbers", "[1_000, 0b11, 0o8, 0xG, 12a, 1:30, -0x1]",
            gives: "[1_000, 0b11, 0o8, 0xG, 12a, 1:30, -0x1]"),
        DocumentCase(
            "fractions", "[1.5, -0.5, .5, 5., 1e3, 1.5E-3, +1.0e+2]",
            gives: "[float(1.5), float(-0.5), float(0.5), float(5.0), float(1000.0), float(0.0015), float(100.0)]"),
        DocumentCase(
            "infinities and no number", "[.inf, -.Inf, +.INF, .nan, -.nan, inf, nan]",
            gives: "[float(inf), float(-inf), float(inf), float(nan), -.nan, inf, nan]"),
        DocumentCase(
            "text that looks nearly like a number", "[1.2.3, 10.0.0.1, 1e, e5, ., -, +, 1-2, \"-.\"]",
            gives: "[1.2.3, 10.0.0.1, 1e, e5, ., -, +, 1-2, \"-.\"]"),
        DocumentCase(
            "a whole number too large for a word", "9223372036854775808",
            gives: "float(9.223372036854776e+18)"),
        DocumentCase(
            "dates are text", "2026-01-01",
            gives: "2026-01-01"),
        DocumentCase(
            "single quotes", "a: 'it''s'",
            gives: "{a: \"it's\"}"),
        DocumentCase(
            "double quotes with escapes", "a: \"x\\ty\\u00e9\\n\"",
            gives: "{a: \"x\\tyé\\n\"}"),
        DocumentCase(
            "quoted numbers are text", "['1', \"true\", 'null', '']",
            gives: "[\"1\", \"true\", \"null\", \"\"]"),
        DocumentCase(
            "a literal block", "a: |\n  one\n   two\n",
            gives: "{a: |one\\n two\\n}"),
        DocumentCase(
            "a literal block without its last line end", "a: |-\n  one\n  two\n",
            gives: "{a: |one\\ntwo}"),
        DocumentCase(
            "a folded block", "a: >\n  one\n  two\n\n  three\n",
            gives: "{a: |one two\\nthree\\n}"),
        DocumentCase(
            "a block with kept line ends", "a: |+\n  one\n\n",
            gives: "{a: |one\\n\\n}"),
        DocumentCase(
            "a plain scalar over lines", "a: one\n  two\n",
            gives: "{a: one two}"),
        DocumentCase(
            "comments", "# first\na: 1 # second\n# third\nb: 2\n",
            gives: "{a: int(1), b: int(2)}"),
        DocumentCase(
            "a hash inside text", "a: b#c",
            gives: "{a: b#c}"),
        DocumentCase(
            "a colon inside text", "a: http://example.org:80/x",
            gives: "{a: http://example.org:80/x}"),
        DocumentCase(
            "a document start and end", "---\na: 1\n...\n",
            gives: "{a: int(1)}"),
        DocumentCase(
            "a YAML directive", "%YAML 1.2\n---\na: 1\n",
            gives: "{a: int(1)}"),
        DocumentCase(
            "a byte order mark", "\u{feff}a: 1",
            gives: "{a: int(1)}"),
        DocumentCase(
            "DOS line ends", "a: 1\r\nb: 2\r\n",
            gives: "{a: int(1), b: int(2)}"),
        DocumentCase(
            "an anchor and its alias", "a: &x {b: 1}\nc: *x\n",
            gives: "{a: {b: int(1)}, c: {b: int(1)}}"),
        DocumentCase(
            "an anchor defined again", "a: &x 1\nb: *x\nc: &x 2\nd: *x\n",
            gives: "{a: int(1), b: int(1), c: int(2), d: int(2)}"),
        DocumentCase(
            "an alias of a scalar as a key", "a: &x k\n*x : 1\n",
            gives: "{a: k, k: int(1)}"),
        DocumentCase(
            "a merge key", "x-base: &b {p: 1, q: 2}\na:\n  <<: *b\n  q: 3\n",
            gives: "{x-base: {p: int(1), q: int(2)}, a: {q: int(3), p: int(1)}}"),
        DocumentCase(
            "a merge key after the keys it must not touch", "b: &b {p: 1}\na: {p: 2, <<: *b}\n",
            gives: "{b: {p: int(1)}, a: {p: int(2)}}"),
        DocumentCase(
            "a merge of a list: the first wins", "- &a {p: 1}\n- &b {p: 2, q: 2}\n- {<<: [*a, *b]}\n",
            gives: "[{p: int(1)}, {p: int(2), q: int(2)}, {p: int(1), q: int(2)}]"),
        DocumentCase(
            "a quoted merge key is a key", "{'<<': 1}",
            gives: "{<<: int(1)}"),
        DocumentCase(
            "core tags", "[!!str 5, !!int '5', !!bool true, !!null '', !!float 1, !!seq [a], !!map {b: c}, ! d]",
            gives: "[\"5\", int(5), bool(true), null, int(1), [a], {b: c}, d]"),
        DocumentCase(
            "a key that is a number", "members: {2: {node: kvm2}, '3': x}",
            gives: "{members: {2: {node: kvm2}, 3: x}}"),
        DocumentCase(
            "a key with spaces and a question mark", "? long key\n: value\n",
            gives: "{long key: value}"),
        DocumentCase(
            "characters beyond ASCII", "größe: 日本 😀",
            gives: "{größe: 日本 😀}"),
        DocumentCase(
            "an empty text next to nothing", "- ''\n-\n- x\n",
            gives: "[\"\", null, x]"),
        DocumentCase(
            "a value that starts with a tab after the colon", "a:\tb",
            gives: "{a: b}"),
    ]
}
