/// Packages that are wrong in one place.
enum PackageCases {
    static let types =
        "one of text, integer, boolean, port, address, cidr, size, duration, path, url, choice, secret, list, map, members"

    static let ofKeys: [PackageCase] = [
        PackageCase(
            whole: "▸description: d\n", gives: "apiVersion is missing; add apiVersion: kvmctl.role/v1 at the top"),
        PackageCase(
            whole: "apiVersion: ▸kvmctl.role/v2\ndescription: d\n",
            gives: "apiVersion: expected kvmctl.role/v1, found \"kvmctl.role/v2\"; did you mean \"kvmctl.role/v1\"?"),
        PackageCase(whole: "▸apiVersion: kvmctl.role/v1\n", gives: "description is missing; expected text"),
        PackageCase("▸servces: {}", gives: "unknown key \"servces\" in a role package; did you mean \"services\"?"),
        PackageCase(
            "inputs: {▸Port: {type: port}}",
            gives: "inputs: \"Port\" cannot be an input's name; use letters and digits, starting with a small letter"),
        PackageCase(
            "inputs: {▸kvmctl: {type: text}}", gives: "inputs: \"kvmctl\" is reserved for kvmctl's own values"),
        PackageCase(
            "inputs: {port: {type: ▸prt}}",
            gives: "inputs.port.type: expected \(types), found \"prt\"; did you mean \"port\"?"),
        PackageCase(
            "inputs: {port: {type: port, default: ▸99999}}",
            gives: "inputs.port.default: expected a port from 1 to 65535, found the number 99999"),
        PackageCase(
            "inputs: {port: {type: port, default: 80, required: ▸true}}",
            gives: "inputs.port.required: an input with a default is never required; remove one of them"),
        PackageCase(
            "inputs: {m: ▸{type: choice}}", gives: "inputs.m: choices is missing; expected a list of words"),
        PackageCase(
            "inputs: {m: {type: port, choices: ▸[a]}}", gives: "inputs.m.choices: only the type choice has them"),
        PackageCase("inputs: {pw: {type: secret, default: ▸x}}", gives: "inputs.pw.default: a secret has no default"),
        PackageCase("inputs: {l: ▸{type: list}}", gives: "inputs.l: items is missing; expected a type"),
        PackageCase(
            "packages: {▸debain: [haproxy]}",
            gives: "unknown key \"debain\" in a role's packages; did you mean \"debian\"?"),
        PackageCase(
            "packages: {debian: [▸Ha proxy]}",
            gives: "packages.debian: expected a package's name, found \"Ha proxy\""),
        PackageCase("inputs: {m: {type: members, default: ▸[]}}", gives: "inputs.m.default: members have no default"),
        PackageCase(
            "inputs: {l: {type: list, items: ▸members}}",
            gives:
                "inputs.l.items: expected one of text, integer, boolean, port, address, cidr, size, duration, path, url, secret, found \"members\""
        ),
        PackageCase(
            "inputs: {n: ▸{type: integer, from: 3, to: 2}}", gives: "inputs.n: from is larger than to; swap them"),
        PackageCase(
            "inputs: {a: {type: address, default: ▸{address: self, network: back}}}",
            gives: "inputs.a.default: expected an IPv4 address such as 10.0.0.5, found a map"),
        PackageCase(
            "services: {▸/lib/x: {}}",
            gives: "services: \"/lib/x\" is not the name of a service; write it without a path"),
        PackageCase(
            "services: {▸getty@: {}}",
            gives: "services: \"getty@\" is a template of services; write one of them, such as getty@1"),
        PackageCase(
            "services: {▸getty@.service: {}}",
            gives: "services: \"getty@.service\" is a template of services; write one of them, such as getty@1"),
        PackageCase(
            whole: "▸- a\n", gives: "expected a package that starts with apiVersion: kvmctl.role/v1, found a list"),
    ]

    static let ofFiles: [PackageCase] = [
        PackageCase(
            "files: {▸etc/x: {content: a}}",
            gives: "files: \"etc/x\" is not an absolute path of a file in the guest"),
        PackageCase(
            "files: {/etc/x: ▸{}}", gives: "files./etc/x: expected exactly one of template, source, content and absent"),
        PackageCase(
            "files: {/etc/x: {template: ▸y.mustache}}", files: ["x.mustache": ""],
            gives: "files./etc/x.template: there is no file \"y.mustache\" in roles/p; did you mean \"x.mustache\"?"),
        PackageCase(
            "files: {/etc/x: {source: ▸../x}}", gives: "files./etc/x.source: \"../x\" leads out of roles/p"),
        PackageCase(
            "files: {/etc/x: {content: a, mode: ▸644}}",
            gives: "files./etc/x.mode: expected a mode such as 0644, found the number 644; quote it: '644'"),
        PackageCase(
            "files: {/etc/x: {content: a, check: ▸nginx -t}}",
            gives: "files./etc/x.check: expected a command with %s for the new file's path, found \"nginx -t\""),
        PackageCase(
            "inputs: {pw: {type: secret, required: true}}\nfiles: {/etc/x: ▸{content: a, check: 'grep -q {{pw}} %s'}}",
            gives:
                "files./etc/x.check: {{pw}} is not filled in here, since a command is no template; have the command look at the new file, which is at %s"
        ),
        PackageCase(
            "inputs: {pw: {type: secret, required: true}}\nfiles: {/etc/x: {template: t, mode: ▸\"0644\"}}",
            files: ["t": "{{pw}}"],
            gives:
                "files./etc/x.mode: t holds the secret input \"pw\", and others could read it; use 0600 or 0640"),
        PackageCase(
            "files: {▸/var/lib/kvmctl/roles/x: {content: a}}",
            gives: "files: \"/var/lib/kvmctl/roles/x\" is in the folder of kvmctl's own records"),
        PackageCase(
            "inputs: {pw: {type: secret, required: true}}\nfiles: {▸\"/etc/{{pw}}\": {content: a}}",
            gives: "files: \"/etc/{{pw}}\" cannot be a path: pw has the type secret"),
        PackageCase(
            "files: {/etc/x: {content: a, when: ▸tsl}}\ninputs: {tls: {type: boolean, default: false}}",
            gives: "files./etc/x.when: there is no input \"tsl\"; did you mean \"tls\"?"),
        PackageCase(
            "files: {/etc/x: {absent: ▸false}}", gives: "files./etc/x.absent: expected true, found false"),
        PackageCase(
            "files: {/etc/x: {content: ▸\"{{prot}}\"}}\ninputs: {port: {type: port, default: 80}}",
            gives: "files./etc/x.content: there is no input \"prot\"; did you mean \"port\"?"),
    ]

    static let ofParts: [PackageCase] = [
        PackageCase(
            "services: {h: {onChange: ▸relaod}}",
            gives:
                "services.h.onChange: expected one of reload, restart, none, found \"relaod\"; did you mean \"reload\"?"
        ),
        PackageCase("services: {h: {onChange: ▸reload}}", gives: reload),
        PackageCase(
            "services: {h: {onChange: ▸reload}}\nhealth: {http: {port: 80, path: /}}", gives: reload),
        PackageCase(
            "services: {h: {files: [▸/etc/y]}}\nfiles: {/etc/x: {content: a}}",
            gives: "services.h.files: there is no file \"/etc/y\" in files; did you mean \"/etc/x\"?"),
        PackageCase(
            "ports: [{port: ▸\"{{lsten}}\"}]\ninputs: {listen: {type: port, default: 80}}",
            gives: "ports.port: there is no input \"lsten\"; did you mean \"listen\"?"),
        PackageCase(
            "ports: [{port: ▸\"{{peers}}\"}]\ninputs: {peers: {type: members}}",
            gives: "ports.port: the input \"peers\" has the type members; expected a port"),
        PackageCase(
            "health: ▸{http: {port: 80, path: /}, tcp: {port: 80}}",
            gives: "health: expected exactly one of http, tcp and command"),
        PackageCase(
            "health: {http: ▸{path: /}}", gives: "health.http: port is missing; expected a port or {{INPUT}}"),
        PackageCase(
            "health: {http: {port: ▸http}}", gives: "health.http.port: expected a port or {{INPUT}}, found \"http\""),
        PackageCase(
            "drain: ▸drain.sh\nundrain: undrain.sh", files: ["drain.sh": "", "undrain.sh": ""],
            gives: "drain: the package has no input of the type members to take anybody out of"),
        PackageCase(
            "drain: ▸drain.sh\ninputs: {m: {type: members}}", files: ["drain.sh": ""],
            gives: "drain: undrain is missing, which puts a member back"),
        PackageCase(
            "apply: ▸nope.sh", gives: "apply: there is no file \"nope.sh\" in roles/p; there is only role.yaml"),
        PackageCase(
            "outputs: {▸token: {secret: true}}",
            gives: "outputs.token: expected value:, or an apply: that writes it"),
        PackageCase(
            "inputs: {pw: {type: secret, required: true}}\noutputs: {u: {value: ▸\"{{pw}}\"}}",
            gives:
                "outputs.u.value: it holds the secret input \"pw\"; write it from apply: and declare secret: true"),
        PackageCase(
            whole: "▸apiVersion: kvmctl.role/v1\ndescription: d\n",
            gives: "the package does nothing; add packages, files, services or apply"),
    ]

    static let ofTemplates: [PackageCase] = [
        PackageCase(
            template: "server ▸{{bakends}}", gives: "there is no input \"bakends\"; did you mean \"backends\"?"),
        PackageCase(
            template: "▸{{#backends}}x", gives: "the section \"backends\" is never closed; add {{/backends}}"),
        PackageCase(
            template: "{{#a}}{{^b}}▸{{/a}}{{/b}}",
            gives: "expected {{/b}}, found {{/a}} (it is opened here: roles/p/t:1:7)"),
        PackageCase(template: "▸{{> part}}", gives: "partials are not supported; write the text itself"),
        PackageCase(template: "▸{{=<% %>=}}", gives: "other delimiters are not supported"),
        PackageCase(
            template: "▸{{backends}}",
            gives: "the input \"backends\" has the type members: use a section, {{#backends}}…{{/backends}}"),
        PackageCase(template: "a ▸{{listen", gives: "{{ is never closed; add }}"),
        PackageCase(template: "▸{{{listen}}}", gives: "write {{listen}}: nothing is escaped here"),
        PackageCase(
            template: "{{#backends}}▸{{addres}}{{/backends}}",
            gives: "a member has no \"addres\"; did you mean \"address\"?"),
    ]

    private static let reload =
        "services.h.onChange: a reload reports success even when it fails; add a health: with a command, or with {{kvmctl.revision}} in its path or body"
}
