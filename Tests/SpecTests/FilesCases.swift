/// Runs of several files, headers, parts, uses and variables.
enum FilesCases {
    private static let version = "apiVersion: kvmctl/v1\n"
    private static let base = """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes: {kvm1: {address: 10.77.0.11}}
        images: {debian: {source: debian.qcow2}}
        flavors: {small: {vcpus: 1, memory: 1GiB, disk: 10GiB}}
        networks: {front: {mode: nat, cidr: 192.168.222.0/24}}

        """
    private static let single = "instances: {a: {image: debian, flavor: small}}\n"

    static let all: [FilesCase] = [
        FilesCase(
            "one good file",
            [
                ("f", base)
            ],
            gives: []),
        FilesCase(
            "an empty spec",
            [
                ("f", version + "cluster: demo\n")
            ],
            gives: [
                "f:1:1: error: the spec defines no instances and no networks; to remove what an earlier spec made, use kvmctl destroy with that spec",
                "f:1:1: error: the spec defines no nodes; add nodes:",
            ]),
        FilesCase(
            "a spec with nodes only",
            [
                ("f", version + "cluster: demo\nnodes: {kvm1: {address: 10.77.0.11}}\n")
            ],
            gives: [
                "f:1:1: error: the spec defines no instances and no networks; to remove what an earlier spec made, use kvmctl destroy with that spec"
            ]),
        FilesCase(
            "an empty file beside a good one",
            [
                ("f", base),
                ("g", "# nothing\n"),
            ],
            gives: [
                "g:1:1: error: the file is empty"
            ]),
        FilesCase(
            "a file that is a list",
            [
                ("f", base),
                ("g", "- a\n"),
            ],
            gives: [
                "g:1:1: error: expected a spec that starts with apiVersion: kvmctl/v1, found a list"
            ]),
        FilesCase(
            "a file that is text",
            [
                ("f", base),
                ("g", "hello\n"),
            ],
            gives: [
                "g:1:1: error: expected a spec that starts with apiVersion: kvmctl/v1, found \"hello\""
            ]),
        FilesCase(
            "no apiVersion",
            [
                (
                    "f",
                    "cluster: demo\nnodes: {kvm1: {address: 10.77.0.11}}\nimages: {debian: {source: debian.qcow2}}\nflavors: {small: {vcpus: 1, memory: 1GiB, disk: 10GiB}}\nnetworks: {front: {mode: nat, cidr: 192.168.222.0/24}}\n"
                )
            ],
            gives: [
                "f:1:1: error: apiVersion is missing; add apiVersion: kvmctl/v1 at the top"
            ]),
        FilesCase(
            "another apiVersion",
            [
                (
                    "f",
                    "apiVersion: kvmctl/v2\ncluster: demo\nnodes: {kvm1: {address: 10.77.0.11}}\nimages: {debian: {source: debian.qcow2}}\nflavors: {small: {vcpus: 1, memory: 1GiB, disk: 10GiB}}\nnetworks: {front: {mode: nat, cidr: 192.168.222.0/24}}\n"
                )
            ],
            gives: [
                "f:1:13: error: apiVersion: expected kvmctl/v1, found \"kvmctl/v2\"; did you mean \"kvmctl/v1\"?"
            ]),
        FilesCase(
            "a manifest of something else",
            [
                ("f", base),
                ("g", "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n"),
            ],
            gives: [
                "g:1:13: error: apiVersion: expected kvmctl/v1, found \"v1\"; files of other programs do not belong here"
            ]),
        FilesCase(
            "no cluster anywhere",
            [
                (
                    "f",
                    version
                        + "nodes: {kvm1: {address: 10.77.0.11}}\nimages: {debian: {source: debian.qcow2}}\nflavors: {small: {vcpus: 1, memory: 1GiB, disk: 10GiB}}\nnetworks: {front: {mode: nat, cidr: 192.168.222.0/24}}\n"
                )
            ],
            gives: [
                "f:1:1: error: no file names its cluster; add cluster: NAME"
            ]),
        FilesCase(
            "a cluster in one file of two",
            [
                ("f", base),
                ("g", version + single),
            ],
            gives: []),
        FilesCase(
            "two clusters",
            [
                ("f", base),
                ("g", version + "cluster: dome\n" + single),
            ],
            gives: [
                "g:2:10: error: this file describes the cluster \"dome\", and another the cluster \"demo\"; all files of a run must describe the same cluster (the other file's: f:2:10)"
            ]),
        FilesCase(
            "two ids",
            [
                ("f", base + "id: one\n"),
                ("g", version + "id: two\n"),
            ],
            gives: [
                "g:2:5: error: this file gives the cluster the id \"two\", and another \"one\" (the other file's: f:7:5)"
            ]),
        FilesCase(
            "a cluster's name that is none",
            [
                (
                    "f",
                    version
                        + "cluster: De mo\nnodes: {kvm1: {address: 10.77.0.11}}\nimages: {debian: {source: debian.qcow2}}\nflavors: {small: {vcpus: 1, memory: 1GiB, disk: 10GiB}}\nnetworks: {front: {mode: nat, cidr: 192.168.222.0/24}}\n"
                )
            ],
            gives: [
                "f:2:10: error: cluster: \"De mo\" is not a valid name: write it in lower case"
            ]),
        FilesCase(
            "an unknown key at the top",
            [
                ("f", base + "instnaces: {}\n")
            ],
            gives: [
                "f:7:1: error: unknown key \"instnaces\" in a spec file; did you mean \"instances\"?"
            ]),
        FilesCase(
            "keys that start with x-",
            [
                ("f", base + "x-anything: &a {image: debian, flavor: small}\ninstances: {a: {<<: *a}}\n")
            ],
            gives: []),
        FilesCase(
            "a name defined twice in two files",
            [
                ("f", base + single),
                ("g", version + single),
            ],
            gives: [
                "g:2:13: error: \"a\" is defined twice in instances (first defined: f:7:13)"
            ]),
        FilesCase(
            "a name defined twice in one file",
            [
                ("f", base + "instances:\n  a: {image: debian, flavor: small}\n  a: {image: debian, flavor: small}\n")
            ],
            gives: [
                "f:9:3: error: the key \"a\" occurs twice in one map (it first occurs here: f:8:3)"
            ]),
        FilesCase(
            "names defined twice in each section",
            [
                ("f", base + "profiles: {p: {}}\npools: {x: {path: /x}}\n"),
                (
                    "g",
                    version
                        + "nodes: {kvm1: {address: 10.77.0.11}}\nimages: {debian: {source: debian.qcow2}}\nflavors: {small: {vcpus: 1, memory: 1GiB, disk: 10GiB}}\nnetworks: {front: {mode: nat, cidr: 192.168.222.0/24}}\nprofiles: {p: {}}\npools: {x: {path: /x}}\n"
                ),
            ],
            gives: [
                "g:2:9: error: \"kvm1\" is defined twice in nodes (first defined: f:3:9)",
                "g:3:10: error: \"debian\" is defined twice in images (first defined: f:4:10)",
                "g:4:11: error: \"small\" is defined twice in flavors (first defined: f:5:11)",
                "g:5:12: error: \"front\" is defined twice in networks (first defined: f:6:12)",
                "g:6:12: error: \"p\" is defined twice in profiles (first defined: f:7:12)",
                "g:7:9: error: \"x\" is defined twice in pools (first defined: f:8:9)",
            ]),
        FilesCase(
            "migration given twice",
            [
                ("f", base + single + "migration: {encrypted: true}\n"),
                ("g", version + "migration: {perNode: 2}\n"),
            ],
            gives: ["g:2:12: error: migration is defined twice; keep one of them (first defined: f:8:12)"]),
        FilesCase(
            "the same file twice",
            [
                ("f", base + single),
                ("./f", base + single),
            ],
            gives: []),
        FilesCase(
            "syntax errors in two files and a mistake in a third",
            [
                ("f", base),
                ("g", "a: [\n"),
                ("h", "\tx: 1\n"),
                ("i", version + "instances: {a: {image: nope, flavor: small, vcpus: 0}}\n"),
            ],
            gives: [
                "g:2:1: error: the file ends inside a { or [ that is not closed",
                "h:1:1: error: the indentation contains a tab; YAML allows only spaces there",
                "i:2:52: error: vcpus: expected a number of vCPUs from 1 to 1024, found the number 0",
            ]),
        FilesCase(
            "a syntax error in the file that defines everything",
            [
                ("f", version + "cluster: demo\nnodes: {\n"),
                (
                    "g",
                    version
                        + "instances: {a: {image: x, flavor: y, profiles: [z], networks: [n], node: k, memory: 3}}\n"
                ),
            ],
            gives: [
                "f:4:1: error: the file ends inside a { or [ that is not closed",
                "g:2:85: error: memory: expected a size such as 512MiB, found the number 3; add a unit, such as MiB or GiB",
            ]),
        FilesCase(
            "another program's language, nearly ours",
            [
                (
                    "f",
                    "apiVersion: kvmclt/v1\ncluster: demo\nnodes: {kvm1: {address: 10.77.0.11}}\nimages: {debian: {source: debian.qcow2}}\nflavors: {small: {vcpus: 1, memory: 1GiB, disk: 10GiB}}\nnetworks: {front: {mode: nat, cidr: 192.168.222.0/24}}\n"
                )
            ],
            gives: [
                "f:1:13: error: apiVersion: expected kvmctl/v1, found \"kvmclt/v1\"; did you mean \"kvmctl/v1\"?"
            ]),
        FilesCase(
            "sections with nothing in them",
            [
                ("f", base + "instances:\nprofiles:\nvars:\n")
            ],
            gives: []),
        FilesCase(
            "a used file",
            [
                ("f", version + "part: extra\nuses: [used/base]\n" + single),
                ("used/base", base),
            ],
            gives: []),
        FilesCase(
            "a used folder",
            [
                ("f", version + "part: extra\nuses: [used/dir]\n" + single),
                (
                    "used/dir/a.yaml",
                    version
                        + "nodes: {kvm1: {address: 10.77.0.11}}\nimages: {debian: {source: debian.qcow2}}\nflavors: {small: {vcpus: 1, memory: 1GiB, disk: 10GiB}}\nnetworks: {front: {mode: nat, cidr: 192.168.222.0/24}}\n"
                ),
                ("used/dir/b.yaml", version + "cluster: demo\n"),
            ],
            gives: []),
        FilesCase(
            "a used file that is not there",
            [
                ("f", base + "uses: [used/nothing]\n")
            ],
            gives: [
                "f:7:8: error: cannot use used/nothing: there is no such file or folder"
            ]),
        FilesCase(
            "a used folder without a file",
            [
                ("f", base + "uses: [used/empty]\n")
            ],
            gives: [
                "f:7:8: error: cannot use used/empty: there is no *.yaml or *.yml in it"
            ]),
        FilesCase(
            "a used file that is text",
            [
                ("f", base + "uses: [used/netrc]\n"),
                ("used/netrc", "machine example.org login me password s3cret\n"),
            ],
            gives: [
                "f:7:8: error: cannot use used/netrc: it lacks apiVersion: kvmctl/v1; only specs can be used; add the line at its top if it is one"
            ]),
        FilesCase(
            "a used file that is no YAML",
            [
                ("f", base + "uses: [used/key]\n"),
                ("used/key", "-----BEGIN PRIVATE KEY-----\n@s3cret: [\n-----END PRIVATE KEY-----\n"),
            ],
            gives: [
                "f:7:8: error: cannot use used/key: it lacks apiVersion: kvmctl/v1; only specs can be used; add the line at its top if it is one"
            ]),
        FilesCase(
            "used files of other programs",
            [
                ("f", base + "uses: [used/dir]\n"),
                ("used/dir/a.yaml", "{\"auths\": {\"example.org\": {\"auth\": \"s3cret\"}}}\n"),
                ("used/dir/b.yaml", "apiVersion: v1\nusers: [{token: s3cret}]\n"),
            ],
            gives: [
                "f:7:8: error: cannot use used/dir/a.yaml: it lacks apiVersion: kvmctl/v1; only specs can be used; add the line at its top if it is one",
                "f:7:8: error: cannot use used/dir/b.yaml: it lacks apiVersion: kvmctl/v1; only specs can be used; add the line at its top if it is one",
            ]),
        FilesCase(
            "a mistake in the syntax of a used file",
            [
                ("f", version + "part: extra\nuses: [used/base]\n" + single),
                ("used/base", base + "vars: {a: [}\n"),
            ],
            gives: [
                "used/base:7:12: error: a value is missing here"
            ]),
        FilesCase(
            "uses that are text",
            [
                ("f", base + "uses: used/base\n")
            ],
            gives: [
                "f:7:7: error: uses: expected a list of files and folders, found \"used/base\"; write [used/base]"
            ]),
        FilesCase(
            "files that use each other",
            [
                ("f", version + "part: extra\nuses: [used/base]\n" + single),
                ("used/base", base + "uses: [../f, base]\n"),
            ],
            gives: []),
        FilesCase(
            "a used file that uses another",
            [
                ("f", version + "part: extra\nuses: [used/one]\n" + single),
                ("used/one", version + "uses: [two]\n"),
                ("used/two", base),
            ],
            gives: []),
        FilesCase(
            "a used file in the same part",
            [
                ("f", version + "uses: [used/base]\n" + single),
                ("used/base", base),
            ],
            gives: [
                "f:1:1: error: this file is in part \"main\", and so is used/base, which is only used; give this file a part of its own, or pass both with -f (the other file's part: used/base:1:1)"
            ]),
        FilesCase(
            "a mistake in a used file",
            [
                ("f", version + "part: extra\nuses: [used/base]\n" + single),
                (
                    "used/base",
                    version
                        + "cluster: demo\nnodes: {kvm1: {address: 10.77.0.11}}\nimages: {debian: {source: debian.qcow2}}\nflavors: {small: {vcpus: 1, memory: 1, disk: 10GiB}}\nnetworks: {front: {mode: nat, cidr: 192.168.222.0/24}}\n"
                ),
            ],
            gives: [
                "used/base:5:37: error: memory: expected a size such as 512MiB, found the number 1; add a unit, such as MiB or GiB"
            ]),
        FilesCase(
            "a part that is no name",
            [
                ("f", base + "part: my part\n")
            ],
            gives: [
                "f:7:7: error: part: \"my part\" is not a valid name: use only a-z, 0-9 and -"
            ]),
        FilesCase(
            "an undefined variable",
            [
                ("f", base + "vars: {size: small}\ninstances: {a: {image: debian, flavor: \"${sise}\"}}\n")
            ],
            gives: [
                "f:8:40: error: the variable \"sise\" is not defined; did you mean \"size\"?"
            ]),
        FilesCase(
            "an undefined variable far from all",
            [
                ("f", base + "instances:\n  a:\n    image: debian\n    flavor: x-${other}\n")
            ],
            gives: [
                "f:10:15: error: the variable \"other\" is not defined; define it under vars: or with --var other=…"
            ]),
        FilesCase(
            "two undefined variables in one text",
            [
                (
                    "f",
                    base + "x-images: {x: {source: y}}\ninstances:\n  a:\n    image: ${one}${two}\n    flavor: small\n"
                )
            ],
            gives: [
                "f:10:12: error: the variable \"one\" is not defined; define it under vars: or with --var one=…",
                "f:10:18: error: the variable \"two\" is not defined; define it under vars: or with --var two=…",
            ]),
        FilesCase(
            "a variable with a default",
            [
                ("f", base + "instances:\n  a:\n    image: ${os:-debian}\n    flavor: small\n")
            ],
            gives: []),
        FilesCase(
            "a number from a variable",
            [
                (
                    "f",
                    base
                        + "vars: {n: 2, i: debian}\ninstances:\n  a:\n    image: ${i}\n    vcpus: ${n}\n    memory: ${n}GiB\n    disk: ${n}0GiB\n"
                )
            ],
            gives: []),
        FilesCase(
            "a number from a variable that is none",
            [
                (
                    "f",
                    base + "vars: {n: two}\ninstances:\n  a:\n    image: debian\n    flavor: small\n    vcpus: ${n}\n"
                )
            ],
            gives: [
                "f:12:12: error: vcpus: expected a number of vCPUs from 1 to 1024, found \"two\""
            ]),
        FilesCase(
            "a variable that is not closed",
            [
                ("f", base + "instances:\n  a:\n    image: deb${x\n    flavor: small\n")
            ],
            gives: [
                "f:9:15: error: the ${ that opens here is not closed"
            ]),
        FilesCase(
            "a variable that has no name",
            [
                ("f", base + "instances:\n  a:\n    image: a${1x}\n    flavor: small\n")
            ],
            gives: [
                "f:9:13: error: \"1x\" is not a variable name; write $${ for a plain ${"
            ]),
        FilesCase(
            "a plain ${",
            [
                ("f", base + "x-n: {}\npools:\n  x:\n    path: /a/$${b}/$c\n")
            ],
            gives: []),
        FilesCase(
            "a variable's name that is none",
            [
                ("f", base + "vars: {1x: a}\n")
            ],
            gives: [
                "f:7:8: error: \"1x\" is not a variable name; use letters, digits, _ and -, starting with a letter"
            ]),
        FilesCase(
            "a variable that is a list",
            [
                ("f", base + "vars: {x: [a]}\n")
            ],
            gives: [
                "f:7:11: error: vars.x: expected text, found a list"
            ]),
        FilesCase(
            "a variable that is nothing",
            [
                ("f", base + "vars: {x: }\n")
            ],
            gives: [
                "f:7:11: error: vars.x: expected text, found nothing; write '' for empty text"
            ]),
        FilesCase(
            "a variable made of others",
            [
                ("f", base + "vars: {x: a, y: \"${x}\"}\n")
            ],
            gives: [
                "f:7:17: error: vars.y: a variable's value cannot use other variables"
            ]),
        FilesCase(
            "a variable defined twice",
            [
                ("f", base + "vars: {x: a}\n"),
                ("g", version + "vars: {x: a}\n"),
            ],
            gives: [
                "g:2:8: error: the variable \"x\" is defined twice (first defined: f:7:8)"
            ]),
        FilesCase(
            "variables that are a list",
            [
                ("f", base + "vars: [a]\n")
            ],
            gives: [
                "f:7:7: error: vars: expected a map, found a list"
            ]),
        FilesCase(
            "variables below cloudInit",
            [
                (
                    "f",
                    base
                        + "instances:\n  a:\n    image: debian\n    flavor: small\n    cloudInit: {runcmd: [\"echo ${HOME} $${x}\"]}\n"
                )
            ],
            gives: []),
        FilesCase(
            "an instance named build",
            [
                ("f", base + "vars: {i: debian}\ninstances:\n  build:\n    image: ${i}\n    flavor: small\n")
            ],
            gives: []),
    ]
}
