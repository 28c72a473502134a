import Reconciler
import SSH
import Spec
import TestNames
import TestTools
import Testing

@testable import Fleet

/// Filters of guests, with the machine's real kernel: guests are network namespaces on a bridge of another one.
@Suite("Filters of guests") struct FirewallHookTests {
    private static let uuid = UniqueID(derivedFrom: "domain/demo/web")
    private static let mac = MACAddress(value: 0x5254_0000_AA01)
    private static let hook = FilterHookFile(stateFolder: "/run/state")

    /// A guest at 10.42.0.7 that a balancer may reach at 8080 and 9000 to 9010, and all of its network by ICMP.
    private static func filter(
        ingress: [GuestFilter.Rule]? = incoming, egress: [GuestFilter.Rule]? = nil
    ) -> GuestFilter {
        GuestFilter(
            uuid: uuid, cluster: ClusterIdentity(name: name("demo")), instance: name("web"),
            nics: [.init(name: name("eth0"), mac: mac, sources: [block("10.42.0.7")], ingress: ingress, egress: egress)]
        )
    }

    /// A function of the shell that ends a filter.
    private static let clear = """
        clear() { printf '%s' '\(FirewallScripts.clearFilterText.replacing("'", with: "'\\''"))' >/run/clear; sh /run/clear "$@"; }
        """

    private static let incoming: [GuestFilter.Rule] = [
        .init(
            peers: [block("10.42.0.5")], transport: .tcp,
            ports: [.init(from: 8080, to: 8080), .init(from: 9000, to: 9010)]),
        .init(peers: [block("10.42.0.0", 24)], transport: .icmp),
    ]

    private static func block(_ address: String, _ prefix: Int = 32) -> CIDR {
        // swift-format-ignore: NeverForceUnwrap
        CIDR(network: IPv4Address(address)!, prefix: prefix)!
    }

    /// Asks and answers in a namespace: `serve PORT…` and `ask tcp|udp|icmp HOST PORT [FROM]`, which waits `PATIENCE` seconds.
    private static let program = #"""
        import os, socket, sys, threading
        def tcp(port):
            s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("", port)); s.listen()
            while True: s.accept()[0].close()
        def udp(port):
            s = socket.socket(type=socket.SOCK_DGRAM); s.bind(("", port))
            while True:
                data, who = s.recvfrom(99); s.sendto(data, who)
        if sys.argv[1] == "serve":
            for port in sys.argv[2:]:
                for way in tcp, udp: threading.Thread(target=way, args=(int(port),)).start()
        else:
            kind, host, port = sys.argv[2], sys.argv[3], int(sys.argv[4])
            if kind == "icmp": s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
            else: s = socket.socket(type=socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM)
            s.settimeout(float(os.environ.get("PATIENCE", 5)))
            try:
                if len(sys.argv) > 5: s.bind((sys.argv[5], 0))
                s.connect((host, port))
                if kind == "udp": s.send(b"?"); s.recv(9)
                # A request, whose answer is of type 0; the checksum is of the number 1 alone.
                if kind == "icmp": s.send(bytes([8, 0, 0xf7, 0xfe, 0, 1, 0, 0])); assert s.recv(99)[20] == 0
                print("yes")
            except OSError: print("no")
        """#

    /// Runs commands where the guests are, with `set` to set the filter and `hook EVENT STAGE`; gives what they print, and what the
    /// node tells at the end.
    private func run(
        _ commands: String, _ filter: GuestFilter = filter()
    ) async throws -> (output: [String], told: NodeFacts) {
        let script = """
            file=$1 set=$2 hooktext=$3 sum=$4 program=$5 xml=$6
            mount -t tmpfs tmpfs /run && mount -t sysfs sysfs /sys && mkdir -p /run/netns || exit 9
            # A /etc of its own, in which the hook may be; awk is a link there.
            cp -a /etc/alternatives /run/ && mount -t tmpfs tmpfs /etc && mv /run/alternatives /etc/ || exit 9
            ip link set lo up
            ip link add kvbr type bridge && ip addr add 10.42.0.1/24 dev kvbr && ip link set kvbr up || exit 9
            guest() {
                ip netns add "$1" && ip link add "$2" type veth peer name eth0 netns "$1" && ip link set "$2" master kvbr up || exit 9
                ip -n "$1" link set lo up; ip -n "$1" link set eth0 address "$4"
                ip -n "$1" addr add "$3/24" dev eth0; ip -n "$1" link set eth0 up
            }
            guest web \(Self.mac.tapName) 10.42.0.7 \(Self.mac)
            guest lb vlb 10.42.0.5 52:54:00:00:aa:02
            guest other vother 10.42.0.6 52:54:00:00:aa:03
            in_guest() { where=$1; shift; ip netns exec "$where" python3 -c "$program" "$@"; }
            ask() { where=$1; shift; in_guest "$where" ask "$@"; }
            # Of what must not be answered nobody waits as long as of what must.
            brief() { export PATIENCE=0.6; "$@"; unset PATIENCE; }
            node() { python3 -c "$program" ask "$@"; }
            pings() { in_guest "$1" ask icmp "$2" 0; }
            serve() { where=$1; shift; exec ip netns exec "$where" python3 -c "$program" serve "$@"; }
            serve web 8080 9005 22 53 & served=$!
            serve lb 80 53 & also=$!
            trap 'kill $served $also' EXIT
            set_filter() {
                printf 'guest %s\\n%s' "\(Self.uuid.text) $(printf '%s' "$file" | wc -l)${*:+ $*}" "$file" |
                    sh -c "$set" kvmctl /run/state/.firewall "$hooktext" "$sum"
            }
            hook() { printf '%s' "$xml" | sh /etc/libvirt/hooks/qemu.d/kvmctl demo.web "$1" "$2" -; }
            waited=0
            while [ "$(brief ask lb tcp 10.42.0.7 9005)$(brief ask web tcp 10.42.0.5 80)" != yesyes ]; do
                waited=$((waited + 1)); [ $waited -lt 50 ] || exit 8
            done
            set_filter || exit 7
            \(commands)
            echo told
            filters=/run/state/.firewall
            \(FirewallScripts.hookFile)
            \(FirewallScripts.filters)
            tell_filters
            """
        let xml = "<domain type='kvm'>\n  <name>demo.web</name>\n  <uuid>\(Self.uuid.text)</uuid>\n</domain>\n"
        let result = try await LocalShell().run(
            [
                "unshare", "--mount", "--net", "sh", "-c", script, "sh", FilterFile.text(of: filter),
                FirewallScripts.setFilterText, Self.hook.text, Self.hook.digest, Self.program, xml,
            ],
            input: [], timeout: .seconds(120))
        #expect(result.standardError.isEmpty, "\(String(decoding: result.standardError, as: UTF8.self))")
        let lines = String(decoding: result.standardOutput, as: UTF8.self).split(separator: "\n").map(String.init)
        let end = try #require(lines.firstIndex(of: "told"), "\(result.status) \(lines)")
        let told = NodeFacts(reading: Array((lines[(end + 1)...].joined(separator: "\n") + "\n").utf8))
        return (Array(lines[..<end]), told)
    }

    /// Who asks whom, and whether that gets through.
    private static let probes: [(command: String, isOpen: Bool)] = [
        ("ask lb tcp 10.42.0.7 8080", true),
        ("ask lb tcp 10.42.0.7 9005", true),
        ("ask lb tcp 10.42.0.7 22", false),
        ("ask lb udp 10.42.0.7 53", false),
        ("ask other tcp 10.42.0.7 8080", false),
        ("node tcp 10.42.0.7 8080", false),
        ("pings other 10.42.0.7", true),
        ("ask web tcp 10.42.0.5 80", true),
        ("ask web udp 10.42.0.5 53", true),
        ("pings web 10.42.0.5", true),
        ("ask lb tcp 10.42.0.6 1", false),
    ]

    @Test("A guest is reached by those that its firewall names, and reaches everybody")
    func holds() async throws {
        let (output, told) = try await run(
            Self.probes.map { $0.isOpen ? $0.command : "brief \($0.command)" }.joined(separator: "\n"))
        for (probe, answer) in zip(Self.probes, output) {
            #expect(answer == (probe.isOpen ? "yes" : "no"), "\(probe.command)")
        }
        #expect(output.count == Self.probes.count)
        let filter = try #require(told.filters[Self.uuid])
        #expect(filter == ObservedFilter(lines: Self.filter().lines, state: .loaded, taps: [Self.mac.tapName]))
        #expect(Self.hook.state(told.filterHook) == .present)
    }

    @Test("A guest reaches nobody but those that egress names, and answers those that are let in")
    func holdsBack() async throws {
        let to = GuestFilter.Rule(peers: [Self.block("10.42.0.5")], transport: .udp, ports: [.init(from: 53, to: 53)])
        let probes: [(command: String, isOpen: Bool)] = [
            ("ask web tcp 10.42.0.5 80", false), ("ask web udp 10.42.0.5 53", true),
            ("ask web udp 10.42.0.6 53", false),
            ("pings web 10.42.0.5", false), ("ask lb tcp 10.42.0.7 8080", true), ("pings other 10.42.0.7", true),
        ]
        let (output, _) = try await run(
            probes.map { $0.isOpen ? $0.command : "brief \($0.command)" }.joined(separator: "\n"),
            Self.filter(egress: [to]))
        #expect(output == probes.map { $0.isOpen ? "yes" : "no" })
        let nothing = try await run(
            "brief ask lb tcp 10.42.0.7 8080; brief ask web udp 10.42.0.5 53", Self.filter(ingress: [], egress: []))
        #expect(nothing.output == ["no", "no"])
    }

    @Test("A guest cannot send under another address or MAC than its own")
    func keepsIdentity() async throws {
        let (output, _) = try await run(
            """
            ip -n web addr add 10.42.0.9/24 dev eth0
            brief ask web tcp 10.42.0.5 80 10.42.0.9
            ask web tcp 10.42.0.5 80 10.42.0.7
            ip netns exec lb ip neigh flush all
            brief pings lb 10.42.0.9
            ip -n web link set eth0 address 52:54:00:00:aa:99
            brief ask web tcp 10.42.0.5 80
            """)
        #expect(output == ["no", "yes", "no", "no"])
    }

    @Test("Several guests are set in one call, of which one that is cut off sets none")
    func several() async throws {
        let others = [("mail", 0xBB01), ("data", 0xCC01)].map { text, end in
            GuestFilter(
                uuid: UniqueID(derivedFrom: "domain/demo/\(text)"), cluster: ClusterIdentity(name: name("demo")),
                instance: name(text),
                nics: [
                    .init(
                        name: name("eth0"), mac: MACAddress(value: 0x5254_0000_0000 + UInt64(end)),
                        sources: [Self.block("10.42.0.8")], ingress: Self.incoming, egress: nil)
                ])
        }
        let changes =
            [FilterChange(filter: Self.filter(ingress: []), taps: [])]
            + others.map { FilterChange(filter: $0, taps: ["vnet\($0.instance)", "0"]) }
        func send(_ text: String) -> String {
            "cat >/run/several <<'END'\n\(text)END\n"
                + "sh -c \"$set\" kvmctl /run/state/.firewall \"$hooktext\" \"$sum\" </run/several"
        }
        let whole = changes.map(\.text).joined()
        let cut =
            whole.split(separator: "\n", omittingEmptySubsequences: false).dropLast(4).joined(separator: "\n") + "\n"
        let (output, told) = try await run(
            """
            \(send(cut)) || echo cut
            ls /run/state/.firewall | wc -l
            \(send(whole)) || echo failed
            brief ask lb tcp 10.42.0.7 8080
            ls -A /run/state/.firewall | wc -l
            """)
        #expect(output == ["cut", "1", "no", "3"])
        #expect(told.filters.count == 3 && told.filters.values.allSatisfy { $0.state == .loaded }, "\(told.filters)")
        #expect(told.filters[others[0].uuid]?.taps.sorted() == [others[0].nics[0].mac.tapName, "vnetmail"].sorted())
    }

    @Test("The rules of many peers that overlap are one set, which nft takes")
    func overlaps() async throws {
        let rule = GuestFilter.Rule(
            peers: [Self.block("10.42.0.5"), Self.block("10.42.0.0", 24), Self.block("10.0.0.0", 8)], transport: .tcp,
            ports: [.init(from: 8080, to: 8090), .init(from: 8085, to: 9000), .init(from: 22, to: 22)])
        let all = GuestFilter.Rule(peers: nil)
        let (output, told) = try await run(
            "ask other tcp 10.42.0.7 22; brief ask other tcp 10.42.0.7 53; node tcp 10.42.0.7 8080",
            Self.filter(ingress: [rule]))
        #expect(output == ["yes", "no", "yes"])
        #expect(told.filters[Self.uuid]?.state == .loaded)
        let open = try await run(
            "ask other udp 10.42.0.7 53; brief ask web udp 10.42.0.5 53", Self.filter(ingress: [all], egress: []))
        #expect(open.output == ["yes", "no"])
    }

    @Test("A connection goes on while the filter is loaded anew, and while it is loaded where nobody saw its beginning")
    func goesOn() async throws {
        let talk = """
            import socket, sys, time
            if sys.argv[1] == "a":
                s = socket.socket(); s.bind(("", 9010)); s.listen(); c = s.accept()[0]
                try:
                    while c.send(b"x"): time.sleep(0.02)
                except OSError: sys.exit()
            for attempt in range(100):
                try:
                    s = socket.create_connection(("10.42.0.7", 9010), 10)
                    break
                except ConnectionRefusedError: time.sleep(0.1)
            s.settimeout(10)
            for step in range(150): s.recv(1)
            print("yes")
            """
        let (output, _) = try await run(
            """
            ip netns exec web python3 -c '\(talk)' a & talker=$!
            sleep 0.5
            ip netns exec lb python3 -c '\(talk)' b & listener=$!
            sleep 0.5; set_filter; nft delete table bridge kvmctl; set_filter
            wait $listener; kill $talker 2>/dev/null; true
            """)
        #expect(output == ["yes"])
    }

    /// What somebody does to it behind our back, in a shell.
    static let edits = [
        "nft delete table bridge kvmctl", "nft flush chain bridge kvmctl arriving",
        "nft add rule bridge kvmctl leaving accept",
        "nft insert rule bridge kvmctl $(nft list table bridge kvmctl | sed -n 's/.*chain \\(g.*_in\\) {/\\1/p') accept",
        "nft flush chain bridge kvmctl $(nft list table bridge kvmctl | sed -n 's/.*chain \\(g.*_out\\) {/\\1/p')",
        "nft flush map bridge kvmctl arriving", "nft flush map bridge kvmctl leaving",
        "nft flush ruleset", "rm -r /run/kvmctl", "sed -i s/8080/8081/ /run/state/.firewall/*",
        "rm /run/state/.firewall/*", "rm /etc/libvirt/hooks/qemu.d/kvmctl", "echo >>/etc/libvirt/hooks/qemu.d/kvmctl",
        "chmod -x /etc/libvirt/hooks/qemu.d/kvmctl",
        "nft add chain bridge kvmctl theirs '{ type filter hook forward priority 0; policy drop; }'",
        "nft add element bridge kvmctl arriving '{ vnet9 : accept }'",
    ]

    @Test("What somebody changes is seen, and put right", arguments: edits)
    func mends(_ edit: String) async throws {
        func isRight(_ told: NodeFacts) -> Bool {
            let wanted = ObservedFilter(lines: Self.filter().lines, state: .loaded, taps: [Self.mac.tapName])
            return told.filters[Self.uuid] == wanted && Self.hook.state(told.filterHook) == .present
        }
        #expect(!isRight(try await run(edit).told))
        let mended = try await run("\(edit); set_filter; ask lb tcp 10.42.0.7 8080; brief ask other tcp 10.42.0.7 8080")
        #expect(isRight(mended.told))
        #expect(mended.output == ["yes", "no"])
    }

    @Test("A guest of several NICs is as it was loaded however many others come and go")
    func keepsItsOrder() async throws {
        var filter = Self.filter()
        filter.nics = (0..<4).map { number in
            .init(
                name: name("eth\(number)"), mac: MACAddress(value: Self.mac.value + UInt64(number)),
                sources: [Self.block("10.42.\(number).7")], ingress: Self.incoming, egress: nil)
        }
        let others = """
            other=g0123456789abcdef0123456789abcdef_0_in
            nft add chain bridge kvmctl $other
            number=0
            while [ $number -lt 60 ]; do
                number=$((number + 1))
                echo "add element bridge kvmctl arriving { \\"ktotherguest$((100 + number))\\" : goto $other }"
            done | nft -f -
            """
        let told = try await run(others, filter).told
        #expect(told.filters[Self.uuid]?.state == .loaded)
    }

    @Test(
        "libvirt's hook loads the filter before the guest starts, and keeps a guest from starting whose filter was edited"
    )
    func loads() async throws {
        let loaded = try await run(
            "nft flush ruleset; rm -r /run/kvmctl; hook prepare begin && hook start begin; brief ask other tcp 10.42.0.7 8080"
        )
        #expect(loaded.output == ["no"])
        #expect(loaded.told.filters[Self.uuid]?.state == .loaded)
        let refused = try await run(
            "sed -i s/8080/8081/ /run/state/.firewall/*; hook prepare begin 2>&1 | sed 's/.*was/was/'; echo >/dev/null")
        #expect(refused.output == ["was changed by hand: the next kvmctl apply writes it anew"])
        let another = try await run(
            "xml='<uuid>00000000-0000-0000-0000-000000000000</uuid>'; hook prepare begin && echo starts")
        #expect(another.output == ["starts"])
    }

    @Test("An interface whose name libvirt chose is held to the filter until its guest ends")
    func chosen() async throws {
        let (output, told) = try await run(
            """
            ip link set \(Self.mac.tapName) down; ip link set \(Self.mac.tapName) name vnet7; ip link set vnet7 up
            ask other tcp 10.42.0.7 8080
            set_filter vnet7 0
            brief ask other tcp 10.42.0.7 8080; ask lb tcp 10.42.0.7 8080
            """)
        #expect(output == ["yes", "no", "yes"])
        #expect(told.filters[Self.uuid]?.taps == ["vnet7", Self.mac.tapName])
        let started = try await run(
            """
            ip link set \(Self.mac.tapName) down; ip link set \(Self.mac.tapName) name vnet7; ip link set vnet7 up
            xml="<domain>
              <uuid>\(Self.uuid.text)</uuid>
                <interface type='network'>
                  <mac address='52:54:00:00:00:01'/>
                  <target dev='vnet6'/>
                </interface>
                <interface type='network'>
                  <mac address='\(Self.mac)'/>
                  <target dev='vnet7'/>
                </interface>"
            hook prepare begin; hook start begin; brief ask other tcp 10.42.0.7 8080; ask lb tcp 10.42.0.7 8080
            """)
        #expect(started.output == ["no", "yes"])
        #expect(started.told.filters[Self.uuid]?.taps == ["vnet7", Self.mac.tapName])
        let ended = try await run("set_filter vnet7 0; hook release end")
        #expect(ended.told.filters[Self.uuid]?.taps == [Self.mac.tapName])
    }

    @Test("The last filter that goes leaves nothing behind, and another's tables stay")
    func clears() async throws {
        let referred = try await run(
            """
            nft add table bridge kvmctl
            chain=$(nft list table bridge kvmctl | sed -n 's/.*chain \\(g.*_in\\) {/\\1/p')
            nft add chain bridge kvmctl theirs; nft add rule bridge kvmctl theirs jump $chain
            \(Self.clear)
            clear /run/state/.firewall \(Self.uuid.text) 
            nft list tables
            """)
        #expect(referred.output == [])
        #expect(referred.told.filters.isEmpty)
        let script = try await run(
            """
            nft add table bridge theirs
            \(Self.clear)
            clear /run/state/.firewall \(Self.uuid.text)
            nft list tables; find /run/state /run/kvmctl /etc/libvirt/hooks/qemu.d 2>/dev/null
            ask other tcp 10.42.0.7 8080
            """)
        #expect(script.output == ["table bridge theirs", "/run/state", "yes"])
        #expect(script.told.filters.isEmpty)
    }
}
