/// Documents that are not YAML, or not YAML for us, each with everything that must be said about it.
enum BadDocuments {
    static let all: [DocumentCase] = [
        DocumentCase(
            "an empty file", "",
            gives: "f:1:1: the file is empty"),
        DocumentCase(
            "a file of white space", "  \n\n",
            gives: "f:1:1: the file is empty"),
        DocumentCase(
            "a file of comments", "# nothing\n",
            gives: "f:1:1: the file is empty"),
        DocumentCase(
            "an empty document", "---\n",
            gives: "f:1:1: the file is empty"),
        DocumentCase(
            "a tab as indentation", "a:\n\tb: 1\n",
            gives: "f:2:1: the indentation contains a tab; YAML allows only spaces there"),
        DocumentCase(
            "a tab after spaces", "a:\n  b: 1\n  \tc: 2\n",
            gives: "f:3:3: the indentation contains a tab; YAML allows only spaces there"),
        DocumentCase(
            "an unclosed flow map", "a: {b: 1,\n  c: 2\nd: 3\n",
            gives: "f:1:4: the { that opens here is not closed: expected , or } (found something else here: f:3:2)"),
        DocumentCase(
            "an unclosed flow list", "a: [b, c\nd: 3\n",
            gives: "f:1:4: the [ that opens here is not closed: expected , or ] (found something else here: f:2:2)"),
        DocumentCase(
            "an unclosed flow list at the end", "a: [b,\n",
            gives: "f:2:1: the file ends inside a { or [ that is not closed"),
        DocumentCase(
            "a closing bracket of the wrong kind", "a: [b}\n",
            gives: "f:1:4: the [ that opens here is not closed: expected , or ] (found something else here: f:1:6)"),
        DocumentCase(
            "an unclosed double quote", "a: 1\nb: \"x\nc: 2\n",
            gives: "f:2:4: the quote that opens here is never closed"),
        DocumentCase(
            "an unclosed single quote", "a: 'x\n",
            gives: "f:1:4: the quote that opens here is never closed"),
        DocumentCase(
            "a key without a colon", "a: 1\nb\nc: 2\n",
            gives: "f:2:1: a key without a colon: expected \"key: value\""),
        DocumentCase(
            "two colons on a line", "a: b: c\n",
            gives: "f:1:5: a second colon on this line, or a wrong indentation; quote text that contains \": \""),
        DocumentCase(
            "a line indented too little", "a:\n    b: 1\n  c: 2\n",
            gives: "f:3:3: this line does not fit the map around it; check its indentation (the map starts here: f:1:1)"
        ),
        DocumentCase(
            "a line indented too much", "a: 1\n  b: 2\n",
            gives: "f:2:4: a second colon on this line, or a wrong indentation; quote text that contains \": \""),
        DocumentCase(
            "a list item in a map", "a: 1\n- b\n",
            gives: "f:2:1: this line does not fit the map around it; check its indentation (the map starts here: f:1:1)"
        ),
        DocumentCase(
            "a map key in a list", "- a\nb: 1\n",
            gives:
                "f:2:1: this line does not fit the list around it; check its indentation (the list starts here: f:1:1)"),
        DocumentCase(
            "a list item on the line of its key", "a: - b\n",
            gives: "f:1:4: a list item cannot start here; put the - on a line of its own"),
        DocumentCase(
            "an at sign", "a: @home\n",
            gives: "f:1:4: the character @ cannot start a value; quote the text"),
        DocumentCase(
            "a back tick", "a: `x`\n",
            gives: "f:1:4: the character ` cannot start a value; quote the text"),
        DocumentCase(
            "a percent sign", "a: %x\n",
            gives: "f:1:4: the character % cannot start a value; quote the text"),
        DocumentCase(
            "an unknown escape", "a: \"C:\\quarry\"\n",
            gives: "f:1:7: an unknown escape in double quotes; use single quotes, or write the backslash twice"),
        DocumentCase(
            "an undefined alias", "a: *x\n",
            gives: "f:1:4: the alias *x names no anchor; this file defines none before this place"),
        DocumentCase(
            "an undefined alias where others are known", "a: &one 1\nb: &two 2\nc: *thre\n",
            gives: "f:3:4: the alias *thre names no anchor; defined before this place: &one, &two"),
        DocumentCase(
            "an alias before its anchor", "a: *x\nb: &x 1\n",
            gives: "f:1:4: the alias *x names no anchor; this file defines none before this place"),
        DocumentCase(
            "an alias inside its own value", "a: &x\n  b: *x\n",
            gives: "f:2:6: the alias *x is inside the value that it refers to (the value starts here: f:1:4)"),
        DocumentCase(
            "an asterisk as text", "a: *.example.org\n",
            gives: "f:1:4: * must be followed by a name; quote the text if it is meant as text"),
        DocumentCase(
            "an ampersand as text", "a: & b\n",
            gives: "f:1:4: & must be followed by a name; quote the text if it is meant as text"),
        DocumentCase(
            "a duplicate key", "a: 1\nb: 2\na: 3\n",
            gives: "f:3:1: the key \"a\" occurs twice in one map (it first occurs here: f:1:1)"),
        DocumentCase(
            "a duplicate key deep inside", "n:\n  x: {k: 1, 'k': 2}\n",
            gives: "f:2:13: the key \"k\" occurs twice in one map (it first occurs here: f:2:7)"),
        DocumentCase(
            "two duplicate keys", "a: 1\na: 2\nb: 1\nb: 2\n",
            gives:
                "f:2:1: the key \"a\" occurs twice in one map (it first occurs here: f:1:1) | f:4:1: the key \"b\" occurs twice in one map (it first occurs here: f:3:1)"
        ),
        DocumentCase(
            "a list as a key", "{[a]: 1}",
            gives: "f:1:2: a list or map cannot be a key; if this is text, quote it"),
        DocumentCase(
            "a map as a key", "? {a: 1}\n: 2\nb: 3\n",
            gives: "f:1:3: a list or map cannot be a key; if this is text, quote it"),
        DocumentCase(
            "an unknown tag", "a: !secret x\n",
            gives: "f:1:4: the tag !secret is not supported here; remove it"),
        DocumentCase(
            "an unknown tag on a map", "a: !thing {b: 1}\nc: 2\n",
            gives: "f:1:4: the tag !thing is not supported here; remove it"),
        DocumentCase(
            "a tag of another language", "a: !!python/object:os.system x\n",
            gives: "f:1:4: the tag !!python/object:os.system is not supported here; remove it"),
        DocumentCase(
            "a tag that does not fit", "a: !!int x\n",
            gives: "f:1:4: the text \"x\" does not fit its tag !!int"),
        DocumentCase(
            "a merge of text", "a: {<<: x}\n",
            gives: "f:1:9: << merges a map or a list of maps; write for example <<: *name"),
        DocumentCase(
            "a merge of a list of lists", "a: {<<: [[x]]}\n",
            gives: "f:1:9: << merges a map or a list of maps; write for example <<: *name"),
        DocumentCase(
            "two documents", "a: 1\n---\nb: 2\n",
            gives: "f:2:1: a second document starts here; put it in a file of its own and remove the ---"),
        DocumentCase(
            "a second document after the end", "a: 1\n...\n---\nb: 2\n",
            gives: "f:3:1: a second document starts here; put it in a file of its own and remove the ---"),
        DocumentCase(
            "an unknown YAML version", "%YAML 3.0\n---\na: 1\n",
            gives: "f:1:1: an unknown version of YAML; remove the %YAML line"),
        DocumentCase(
            "a value that goes on after the end", "a: 'x' y\n",
            gives: "f:1:8: this line does not fit the map around it; check its indentation (the map starts here: f:1:1)"
        ),
        DocumentCase(
            "a block scalar with a bad header", "a: |x\n  b\n",
            gives: "f:1:5: only a digit, + or - may follow | and >; the text starts on the next line"),
        DocumentCase(
            "a control character", "a: x\u{7}y\n",
            gives:
                "f:1:5: the file contains the control character U+0007 here; remove it, or write it as an escape in double quotes"
        ),
        DocumentCase(
            "a NUL byte", "a: 1\nb: \u{0}\n",
            gives: "f:2:4: the file contains a NUL byte here: it is not a text file"),
    ]
}
