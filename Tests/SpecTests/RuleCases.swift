/// Specs that are wrong as a whole, one row at least for each rule.
///
/// Each text is added to `SpecCase.base`; its first line is line 2, after its `apiVersion`.
enum RuleCases {
    static let all: [SpecCase] = [
        SpecCase(
            "an instance names no known image",
            "instances: {a: {image: debain, flavor: small}}",
            gives: [
                "f:2:24: error: there is no image \"debain\"; did you mean \"debian\"?"
            ]),
        SpecCase(
            "an image far from any name",
            "instances: {a: {image: windows, flavor: small}}",
            gives: [
                "f:2:24: error: there is no image \"windows\"; there is only debian"
            ]),
        SpecCase(
            "an image over the network without a checksum",
            "images: {x: {source: https://example.org/x.qcow2}}",
            gives: [
                "f:2:22: warning: the image \"x\" is fetched from https://example.org/x.qcow2 without a checksum; add checksum: sha256:… or sha512:…, or checksums: with the address of the published ones"
            ]),
        SpecCase(
            "an overlay without a number",
            "networks: {n: {mode: vxlan}}",
            gives: [
                "f:2:15: error: vni is missing; expected a number from 1 to 16777215"
            ]),
        SpecCase(
            "overlay numbers that are none",
            "networks: {a: {mode: vxlan, vni: 0}, b: {mode: vxlan, vni: 16777216}, c: {mode: vxlan, vni: red}, d: {mode: vxlan, vni: -1}, e: {mode: vxlan, vni: 4.2}}",
            gives: [
                "f:2:34: error: vni: expected a number from 1 to 16777215, found the number 0",
                "f:2:60: error: vni: expected a number from 1 to 16777215, found the number 16777216",
                "f:2:93: error: vni: expected a number from 1 to 16777215, found \"red\"",
                "f:2:121: error: vni: expected a number from 1 to 16777215, found the number -1",
                "f:2:148: error: vni: expected a number from 1 to 16777215, found the number 4.2",
            ]),
        SpecCase(
            "an overlay number twice",
            "networks: {a: {mode: vxlan, vni: 7}, b: {mode: vxlan, vni: 8}, c: {mode: vxlan, vni: 7}}",
            gives: [
                "f:2:86: error: the network \"c\" has the vni 7 of the network \"a\"; give each its own number (the other network: f:2:34)"
            ]),
        SpecCase(
            "keys of an overlay elsewhere",
            "networks: {a: {mode: nat, cidr: 10.1.0.0/24, vni: 7}, b: {mode: isolated, nat: true}}",
            gives: [
                "f:2:51: error: vni is for mode vxlan only, and this network has mode nat; remove it, or write mode: vxlan",
                "f:2:80: error: nat is for mode vxlan only, and this network has mode isolated; remove it, or write mode: vxlan",
            ]),
        SpecCase(
            "nat in an overlay that leads nowhere",
            "networks: {a: {mode: vxlan, vni: 7, cidr: 10.1.0.0/24, nat: true}, b: {mode: vxlan, vni: 8, nat: false}}",
            gives: [
                "f:2:61: error: the network \"a\" has nat but no gateway, so it leads nowhere; add gateway:, or remove nat",
                "f:2:98: error: the network \"b\" has nat but no gateway, so it leads nowhere; add gateway:, or remove nat",
            ]),
        SpecCase(
            "a DHCP range in an overlay without a gateway",
            "networks: {a: {mode: vxlan, vni: 7, cidr: 10.1.0.0/24, dhcp: {from: 10.1.0.10, to: 10.1.0.20}}}",
            gives: [
                "f:2:62: error: the network \"a\" has a DHCP range, of which each node would give the same addresses; remove dhcp: kvmctl gives an address to each instance"
            ]),
        SpecCase(
            "a gateway of an overlay that is outside, or without a cidr",
            "networks: {a: {mode: vxlan, vni: 7, cidr: 10.1.0.0/24, gateway: 10.2.0.1}, b: {mode: vxlan, vni: 8, gateway: 10.2.0.1}}",
            gives: [
                "f:2:65: error: the gateway 10.2.0.1 is outside its network 10.1.0.0/24",
                "f:2:110: error: the network \"b\" has a gateway but no cidr; add cidr:",
            ]),
        SpecCase(
            "a size of packets that no network has",
            "networks: {a: {mode: vxlan, vni: 7, mtu: 500}, b: {mode: isolated, mtu: 70000}, c: {mode: isolated, mtu: big}}",
            gives: [
                "f:2:42: error: mtu: expected a number of bytes from 576 to 65486, found the number 500",
                "f:2:73: error: mtu: expected a number of bytes from 576 to 65486, found the number 70000",
                "f:2:106: error: mtu: expected a number of bytes from 576 to 65486, found \"big\"",
            ]),
        SpecCase(
            "overlay addresses that are none, or twice",
            "nodes: {k1: {address: h1, overlay: 10.1.0.1}, k2: {address: h2, overlay: 10.1.0.1}, k3: {address: h3, overlay: kvm1}}",
            gives: [
                "f:2:74: error: the node \"k2\" has the overlay address of \"k1\", 10.1.0.1 (the other node: f:2:36)",
                "f:2:112: error: overlay: expected an IPv4 address such as 10.0.0.5, found \"kvm1\"",
            ]),
        SpecCase(
            "an overlay that covers what carries it",
            "nodes: {k1: {address: h1, overlay: 10.1.0.1}}\nnetworks: {a: {mode: vxlan, vni: 7, cidr: 10.1.0.0/24}}",
            gives: [
                "f:3:43: error: the network \"a\" (10.1.0.0/24) covers the address of the node \"k1\" for other nodes, 10.1.0.1; choose another cidr (the node: f:2:36)"
            ]),
        SpecCase(
            "an overlay with a server of the LAN",
            "networks: {a: {mode: vxlan, vni: 7, cidr: 10.1.0.0/24, dhcp: external}}",
            gives: [
                "f:2:62: error: dhcp: external belongs to mode bridge or ovs: no other server reaches into a network of mode nat, isolated, routed or vxlan; write dhcp: none or a range"
            ]),
        SpecCase(
            "two roles that want one port",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {repo: 'https://example.org/x.git', port: 8080}}, a: {git-web: {port: 8080, repo: 'https://example.org/y.git'}}}}}",
            gives: [
                "f:2:110: error: roles.x.git-web.port: the role a already uses the port 8080; give one of them another port (its port: f:2:138)"
            ]),
        SpecCase(
            "a port that cannot be read, whose default another role has",
            "instances: {a: {image: debian, flavor: small, roles: {x: {static-web: {port: http}}, y: {git-web: {repo: 'https://example.org/x.git', port: 80}}}}}",
            gives: [
                "f:2:78: error: roles.x.static-web.port: expected a port from 1 to 65535, found \"http\""
            ]),
        SpecCase(
            "a package that there is not, and one of a similar name",
            "instances: {a: {image: debian, flavor: small, roles: {x: {static-site: {}}, y: {sky: {a: 1}}}}}",
            gives: [
                "f:2:59: error: roles.x: there is no package \"static-site\"; did you mean \"static-web\"? kvmctl role list shows all; your own are folders in roles/ beside the spec",
                "f:2:81: error: roles.y: there is no package \"sky\"; kvmctl role list shows all; your own are folders in roles/ beside the spec",
            ]),
        SpecCase(
            "two roles of one kind that have one file",
            "instances: {a: {image: debian, flavor: small, roles: {x: {files: {/etc/a: {content: a}}}, y: {files: {/etc/b: {content: b}, /etc/a: {content: b}}}}}}",
            gives: [
                "f:2:125: error: roles.y.files: the role x already has the file /etc/a; take it from one of them (it is here: f:2:67)"
            ]),
        SpecCase(
            "two roles of several kinds that have one file",
            "instances: {a: {image: debian, flavor: small, roles: {x: {load-balancer: {backends: []}}, y: {files: {/etc/haproxy/haproxy.cfg: {content: a}}}}}}",
            gives: [
                "f:2:103: error: roles.y.files: the role x already has the file /etc/haproxy/haproxy.cfg; take it from one of them (it is here: f:2:74)"
            ]),
        SpecCase(
            "two roles of one package that have one file",
            "instances: {a: {image: debian, flavor: small, roles: {x: {static-web: {}}, y: {static-web: {port: 81}}}}}",
            gives: [
                "f:2:92: error: roles.y.static-web: the role x is of the package static-web as well, which has /etc/nginx/kvmctl-static-web.conf in both; give one of the roles to another instance (the other role: f:2:71)"
            ]),
        SpecCase(
            "a key for a repository without ssh",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {repo: 'https://example.org/x.git', deployKey: {file: k}}}}}}",
            gives: [
                "f:2:115: error: roles.x.git-web.deployKey: only repositories over ssh use a key; write the repository's ssh address, or remove the key"
            ]),
        SpecCase(
            "a website on the port of the guest's sshd",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {repo: 'https://example.org/x.git', port: 22}}}}}",
            gives: [
                "f:2:110: warning: roles.x.git-web.port: sshd of the guest uses port 22 unless it is configured otherwise; give the website another port, or move sshd"
            ]),
        SpecCase(
            "an authority for a repository without https",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {repo: 'git://example.org/x.git', certificateAuthority: {file: k}}}}}}",
            gives: [
                "f:2:124: error: roles.x.git-web.certificateAuthority: only repositories over https use it; write the repository's https address, or remove it"
            ]),
        SpecCase(
            "a login for a repository over ssh",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {repo: 'git@example.org:x.git', login: {password: {env: X}}}}}}}",
            gives: [
                "f:2:107: error: roles.x.git-web.login: only repositories over https use it; write the repository's https address, or remove it"
            ]),
        SpecCase(
            "a NIC in an unknown network",
            "instances: {a: {image: debian, flavor: small, networks: [fornt]}}",
            gives: [
                "f:2:58: error: there is no network \"fornt\"; did you mean \"front\"?"
            ]),
        SpecCase(
            "a NIC in an unknown network, long form",
            "instances: {a: {image: debian, flavor: small, nics: {eth0: {network: wan}}}}",
            gives: [
                "f:2:70: error: there is no network \"wan\"; did you mean \"lan\"?"
            ]),
        SpecCase(
            "a root disk in an unknown pool",
            "instances: {a: {image: debian, flavor: small, pool: lokal}}",
            gives: [
                "f:2:53: error: there is no pool \"lokal\"; did you mean \"local\"?"
            ]),
        SpecCase(
            "a data disk in an unknown pool",
            "instances: {a: {image: debian, flavor: small, disks: {data: {size: 1GiB, pool: fast}}}}",
            gives: [
                "f:2:80: error: there is no pool \"fast\"; there is only local"
            ]),
        SpecCase(
            "a pool with its content",
            "pools: {fast: {path: /fast, content: [disks]}}\ninstances: {a: {image: debian, flavor: small, pool: fast}}",
            gives: []),
        SpecCase(
            "a pool that takes nothing", "pools: {fast: {path: /fast, content: []}}",
            gives: ["f:2:38: error: the pool \"fast\" takes nothing; name some of disks, images, iso"]),
        SpecCase(
            "a pool that takes something else", "pools: {fast: {path: /fast, content: [disk, isos]}}",
            gives: [
                "f:2:39: error: fast.content: expected one of disks, images, iso, found \"disk\"; did you mean \"disks\"?",
                "f:2:45: error: fast.content: expected one of disks, images, iso, found \"isos\"; did you mean \"iso\"?",
            ]),
        SpecCase(
            "disks in a library",
            "pools: {library: {path: /l, content: [images, iso]}}\ninstances: {a: {image: debian, flavor: small, pool: library, disks: {d: {size: 1GiB, pool: library}}}}",
            gives: [
                "f:3:53: error: the pool \"library\" takes no disks: its content is images and iso; add disks to its content, or use another pool (the pool: f:2:9)",
                "f:3:92: error: the pool \"library\" takes no disks: its content is images and iso; add disks to its content, or use another pool (the pool: f:2:9)",
            ]),
        SpecCase(
            "an image that no pool takes",
            "pools: {local: {path: /l, content: [disks]}, cds: {path: /c, content: [iso]}}\ninstances: {a: {image: debian, flavor: small}}",
            gives: [
                "base:8:13: error: the pool \"local\" takes no images, and neither does another one that images may go to on kvm1; add images to the content of one of them",
                "f:3:13: error: the pool \"local\" takes no images, and neither does another one that images may go to on kvm1; add images to the content of one of them",
            ]),
        SpecCase(
            "a shared pool without its images",
            "pools: {san: {path: /s, shared: true, content: [disks]}}",
            gives: [
                "f:2:48: error: the pool \"san\" is shared, and takes disks without images: on storage that nodes share, images are beside the disks that stand on them; add images to its content, or take both out"
            ]),
        SpecCase(
            "a shared pool of images alone",
            "pools: {lib: {type: nfs, server: a, export: /e, path: /s, content: [images, iso]}}",
            gives: [
                "f:2:68: error: the pool \"lib\" is shared, and takes images without disks: on storage that nodes share, images are beside the disks that stand on them; add disks to its content, or take both out"
            ]),
        SpecCase(
            "a shared library of CDs", "pools: {lib: {type: nfs, server: a, export: /e, path: /s, content: [iso]}}",
            gives: []),
        SpecCase(
            "a CD that no pool takes",
            "pools: {local: {path: /l, content: [disks, images]}}\nimages: {cd: {source: cd.iso}}\ninstances: {a: {install: {iso: cd}, flavor: small}}",
            gives: [
                "f:4:13: error: the pool \"local\" takes no iso, and neither does another one that images may go to on kvm1; add iso to the content of one of them"
            ]),
        SpecCase(
            "a pool that only another node has",
            "nodes: {kvm3: {address: 10.77.0.13, pools: {fast: {path: /fast}}}}\ninstances: {a: {image: debian, flavor: small, node: kvm1, pool: fast}}",
            gives: [
                "f:3:65: error: there is no pool \"fast\"; there is only local"
            ]),
        SpecCase(
            "a data disk with a reserved name",
            "instances: {a: {image: debian, flavor: small, disks: {root: {size: 1GiB}, seed: {size: 1GiB}}}}",
            gives: [
                "f:2:68: error: a data disk cannot be named \"root\": kvmctl's root disk has that name; choose another name, such as data",
                "f:2:88: error: a data disk cannot be named \"seed\": kvmctl's seed has that name; choose another name, such as data",
            ]),
        SpecCase(
            "a gateway outside",
            "networks: {n: {mode: bridge, bridge: br1, cidr: 10.1.0.0/24, gateway: 10.2.0.1}}",
            gives: [
                "f:2:71: error: the gateway 10.2.0.1 is outside its network 10.1.0.0/24"
            ]),
        SpecCase(
            "a gateway that is the network",
            "networks: {n: {mode: bridge, bridge: br1, cidr: 10.1.0.0/24, gateway: 10.1.0.0}}",
            gives: [
                "f:2:71: error: the gateway 10.1.0.0 is the address of the network 10.1.0.0/24 itself"
            ]),
        SpecCase(
            "a gateway that is the broadcast address",
            "networks: {n: {mode: bridge, bridge: br1, cidr: 10.1.0.0/24, gateway: 10.1.0.255}}",
            gives: [
                "f:2:71: error: the gateway 10.1.0.255 is the broadcast address of 10.1.0.0/24"
            ]),
        SpecCase(
            "a gateway without a cidr",
            "networks: {n: {mode: bridge, bridge: br1, gateway: 10.1.0.1}}",
            gives: [
                "f:2:52: error: the network \"n\" has a gateway but no cidr; add cidr:"
            ]),
        SpecCase(
            "addresses outside",
            "networks: {n: {mode: nat, cidr: 10.1.0.0/24, addresses: {from: 10.0.0.1, to: 10.1.1.9}}}",
            gives: [
                "f:2:64: error: addresses.from: 10.0.0.1 is outside its network 10.1.0.0/24",
                "f:2:78: error: addresses.to: 10.1.1.9 is outside its network 10.1.0.0/24",
            ]),
        SpecCase(
            "addresses up to the broadcast address",
            "networks: {n: {mode: nat, cidr: 10.1.0.0/24, addresses: {from: 10.1.0.0, to: 10.1.0.255}}}",
            gives: [
                "f:2:64: error: addresses.from: 10.1.0.0 is the address of the network 10.1.0.0/24 itself",
                "f:2:78: error: addresses.to: 10.1.0.255 is the broadcast address of 10.1.0.0/24",
            ]),
        SpecCase(
            "addresses without a cidr",
            "networks: {n: {mode: bridge, bridge: br1, addresses: {from: 10.0.0.1, to: 10.0.0.9}}}",
            gives: [
                "f:2:54: error: the network \"n\" has addresses but no cidr; add cidr:"
            ]),
        SpecCase(
            "addresses that overlap the DHCP range",
            "networks: {n: {mode: nat, cidr: 10.1.0.0/24, addresses: {from: 10.1.0.10, to: 10.1.0.99}, dhcp: {from: 10.1.0.99, to: 10.1.0.200}}}",
            gives: [
                "f:2:57: error: the addresses 10.1.0.10-10.1.0.99 overlap the DHCP range 10.1.0.99-10.1.0.200; kvmctl and the DHCP server would give out the same addresses (the DHCP range: f:2:97)"
            ]),
        SpecCase(
            "a DHCP range outside",
            "networks: {n: {mode: nat, cidr: 10.1.0.0/24, dhcp: {from: 10.1.0.100, to: 10.1.1.200}}}",
            gives: [
                "f:2:75: error: dhcp.to: 10.1.1.200 is outside its network 10.1.0.0/24"
            ]),
        SpecCase(
            "a DHCP range over the gateway",
            "networks: {n: {mode: nat, cidr: 10.1.0.0/24, dhcp: {from: 10.1.0.1, to: 10.1.0.200}}}",
            gives: [
                "f:2:52: error: the DHCP range 10.1.0.1-10.1.0.200 contains the gateway 10.1.0.1"
            ]),
        SpecCase(
            "a DHCP range without a cidr",
            "networks: {n: {mode: isolated, dhcp: {from: 10.1.0.1, to: 10.1.0.200}}}",
            gives: [
                "f:2:38: error: the network \"n\" has a DHCP range but no cidr; add cidr:"
            ]),
        SpecCase(
            "a DHCP range on a bridge",
            "networks: {n: {mode: bridge, bridge: br1, cidr: 10.1.0.0/24, dhcp: {from: 10.1.0.2, to: 10.1.0.200}}}",
            gives: [
                "f:2:68: error: a DHCP range belongs to mode nat, isolated, routed or vxlan: on a bridge of the node's nothing of ours serves it; write dhcp: none or dhcp: external"
            ]),
        SpecCase(
            "external DHCP on a NAT network",
            "networks: {n: {mode: nat, cidr: 10.1.0.0/24, dhcp: external}}",
            gives: [
                "f:2:52: error: dhcp: external belongs to mode bridge or ovs: no other server reaches into a network of mode nat, isolated, routed or vxlan; write dhcp: none or a range"
            ]),
        SpecCase(
            "external DHCP on a routed network",
            "networks: {n: {mode: routed, cidr: 10.1.0.0/24, dhcp: external}}",
            gives: [
                "f:2:55: error: dhcp: external belongs to mode bridge or ovs: no other server reaches into a network of mode nat, isolated, routed or vxlan; write dhcp: none or a range"
            ]),
        SpecCase(
            "a routed network on several nodes",
            "networks: {n: {mode: routed, cidr: 10.1.0.0/24}}\ninstances:\n  a: {image: debian, flavor: small, networks: [n], node: kvm1}\n  b: {image: debian, flavor: small, networks: [n]}",
            gives: [
                "f:2:22: warning: the instances in the routed network \"n\" may be on several nodes, and a route to it leads to one of them; pin them to one node, and give each node a routed network of its own"
            ]),
        SpecCase(
            "a routed network on one node",
            "networks: {n: {mode: routed, device: br0, cidr: 10.1.0.0/24}}\ninstances: {a: {image: debian, flavor: small, networks: [n], node: kvm1}}",
            gives: []),
        SpecCase(
            "two networks of libvirt's that overlap",
            "networks:\n  n: {mode: nat, cidr: 10.1.0.0/16}\n  m: {mode: isolated, cidr: 10.1.2.0/24}",
            gives: [
                "f:4:29: error: the network \"m\" (10.1.2.0/24) overlaps the network \"n\" (10.1.0.0/16); give each its own addresses (the other network: f:3:24)"
            ]),
        SpecCase(
            "two networks on one bridge that overlap",
            "networks:\n  n: {mode: bridge, bridge: br5, cidr: 10.1.0.0/16}\n  m: {mode: bridge, bridge: br5, cidr: 10.1.2.0/24}",
            gives: [
                "f:4:40: error: the network \"m\" (10.1.2.0/24) overlaps the network \"n\" (10.1.0.0/16); give each its own addresses (the other network: f:3:40)"
            ]),
        SpecCase(
            "two networks on separate bridges may overlap",
            "networks:\n  n: {mode: bridge, bridge: br5, cidr: 10.1.0.0/16}\n  m: {mode: bridge, bridge: br6, cidr: 10.1.2.0/24}",
            gives: []),
        SpecCase(
            "a network over the nodes' addresses",
            "networks: {n: {mode: nat, cidr: 10.77.0.0/24}}",
            gives: [
                "f:2:33: error: the network \"n\" (10.77.0.0/24) covers the address of the node \"kvm1\", 10.77.0.11; choose another cidr (the node: base:3:25)"
            ]),
        SpecCase(
            "an address outside its network",
            "instances: {a: {image: debian, flavor: small, nics: {eth0: {network: front, address: 192.168.1.5}}}}",
            gives: [
                "f:2:86: error: the address 192.168.1.5 is outside its network 192.168.222.0/24 (the network: base:6:37)"
            ]),
        SpecCase(
            "the network's own address",
            "instances: {a: {image: debian, flavor: small, nics: {eth0: {network: front, address: 192.168.222.0}}}}",
            gives: [
                "f:2:86: error: the address 192.168.222.0 is the address of the network 192.168.222.0/24 itself (the network: base:6:37)"
            ]),
        SpecCase(
            "the broadcast address",
            "instances: {a: {image: debian, flavor: small, nics: {eth0: {network: front, address: 192.168.222.255}}}}",
            gives: [
                "f:2:86: error: the address 192.168.222.255 is the broadcast address of 192.168.222.0/24 (the network: base:6:37)"
            ]),
        SpecCase(
            "the gateway's address, which is not written",
            "instances: {a: {image: debian, flavor: small, nics: {eth0: {network: front, address: 192.168.222.1}}}}",
            gives: [
                "f:2:86: error: the address 192.168.222.1 is the gateway of the network \"front\" (the network: base:6:12)"
            ]),
        SpecCase(
            "an address in the DHCP range",
            "networks: {n: {mode: nat, cidr: 10.1.0.0/24, dhcp: {from: 10.1.0.100, to: 10.1.0.200}}}\ninstances: {a: {image: debian, flavor: small, nics: {eth0: {network: n, address: 10.1.0.150}}}}",
            gives: [
                "f:3:82: error: the address 10.1.0.150 is in the DHCP range 10.1.0.100-10.1.0.200 of the network \"n\" (the DHCP range: f:2:52)"
            ]),
        SpecCase(
            "an address in a network without a cidr",
            "instances: {a: {image: debian, flavor: small, nics: {eth0: {network: lan, address: 10.1.0.150}}}}",
            gives: [
                "f:2:84: error: the network \"lan\" has no cidr, so no address in it can be set; add cidr: to the network (the network: base:6:56)"
            ]),
        SpecCase(
            "an address given twice",
            "instances:\n  a: {image: debian, flavor: small, nics: {eth0: {network: front, address: 192.168.222.50}}}\n  b: {image: debian, flavor: small, nics: {eth0: {network: front, address: 192.168.222.50}}}",
            gives: [
                "f:4:76: error: the address 192.168.222.50 is assigned twice, to the instance \"a\" and the instance \"b\" (first assigned: f:3:76)"
            ]),
        SpecCase(
            "a node's own address",
            "networks: {n: {mode: bridge, bridge: br1, cidr: 10.77.0.0/24}}\ninstances: {a: {image: debian, flavor: small, nics: {eth0: {network: n, address: 10.77.0.12}}}}",
            gives: [
                "f:3:82: error: the address 10.77.0.12 is assigned twice, to the node \"kvm2\" and the instance \"a\" (first assigned: base:3:73)"
            ]),
        SpecCase(
            "more NICs than addresses",
            "networks: {n: {mode: nat, cidr: 10.1.0.0/24, addresses: {from: 10.1.0.10, to: 10.1.0.11}}}\ninstances: {a: {image: debian, flavor: small, networks: [n], count: 3}}",
            gives: [
                "f:2:57: error: the network \"n\" has 2 addresses to assign in 10.1.0.10-10.1.0.11, and 3 NICs need one; widen addresses: or the cidr"
            ]),
        SpecCase(
            "an address on a group",
            "instances: {a: {image: debian, flavor: small, count: 2, nics: {eth0: {network: front, address: 192.168.222.50}}}}",
            gives: [
                "f:2:96: error: the address 192.168.222.50 is assigned to 2 members of the group \"a\"; set it below members:, for one of them"
            ]),
        SpecCase(
            "a MAC on a group",
            "instances: {a: {image: debian, flavor: small, count: 3, nics: {eth0: {network: front, mac: '52:54:00:00:00:01'}}}}",
            gives: [
                "f:2:92: error: the MAC address 52:54:00:00:00:01 is assigned to 3 members of the group \"a\"; set it below members:, for one of them"
            ]),
        SpecCase(
            "an address on one member",
            "instances: {a: {image: debian, flavor: small, count: 2, networks: [front], members: {2: {nics: {eth0: {address: 192.168.222.50}}}}}}",
            gives: []),
        SpecCase(
            "a multicast MAC",
            "instances: {a: {image: debian, flavor: small, nics: {eth0: {network: front, mac: '01:00:5E:00:00:01'}}}}",
            gives: [
                "f:2:82: error: the MAC address 01:00:5e:00:00:01 is a multicast address, which no NIC can have; start it with 52:54:00"
            ]),
        SpecCase(
            "a MAC of zeroes",
            "instances: {a: {image: debian, flavor: small, nics: {eth0: {network: front, mac: '00:00:00:00:00:00'}}}}",
            gives: [
                "f:2:82: error: the MAC address 00:00:00:00:00:00 is not a NIC's address; start it with 52:54:00"
            ]),
        SpecCase(
            "one host name for two guests of a network",
            "instances:\n  a: {image: debian, flavor: small, hostname: x.lab.example, networks: [front]}\n  b: {image: debian, flavor: small, hostname: x.lab.example, networks: [lan, front]}",
            gives: [
                "f:4:47: error: the host name x.lab.example is used twice in the network \"front\", to the instances \"a\" and \"b\" (the other: f:3:47)"
            ]),
        SpecCase(
            "a host name that is another guest's own name",
            "instances: {a: {image: debian, flavor: small, hostname: first, networks: [front]}}",
            gives: [
                "f:2:57: error: the host name first is used twice in the network \"front\", to the instances \"first\" and \"a\" (the other: base:8:13)"
            ]),
        SpecCase(
            "a host name on a group",
            "instances: {a: {image: debian, flavor: small, count: 2, hostname: x, networks: [front]}}",
            gives: [
                "f:2:67: error: the host name x is used twice in the network \"front\", to the instances \"a-1\" and \"a-2\"; set it below members:, one for each of them"
            ]),
        SpecCase(
            "one host name for guests that share no network",
            "instances: {a: {image: debian, flavor: small, hostname: x, networks: [front]}, b: {image: debian, flavor: small, hostname: x, networks: [lan]}}",
            gives: []),
        SpecCase(
            "a host name that user-data contradicts",
            "instances:\n  a: {image: debian, flavor: small, networks: [front], hostname: db.lab.example, cloudInit: {hostname: web, fqdn: db.lab.example}}\n  b: {image: debian, flavor: small, networks: [front], hostname: s4, cloudInit: {fqdn: s5.lab.example}}",
            gives: [
                "f:3:104: error: cloudInit.hostname contradicts hostname: db.lab.example; remove one of them (hostname: f:3:66)",
                "f:4:88: error: cloudInit.fqdn contradicts hostname: s4; remove one of them (hostname: f:4:66)",
            ]),
        SpecCase(
            "a host name that user-data says as well",
            "instances: {a: {image: debian, flavor: small, hostname: db.lab.example, cloudInit: {hostname: db, fqdn: db.lab.example}, networks: [front]}, b: {image: debian, flavor: small, hostname: s4, cloudInit: {fqdn: s4.lab.example}, networks: [front]}}",
            gives: []),
        SpecCase(
            "a MAC given twice",
            "instances:\n  a: {image: debian, flavor: small, nics: {eth0: {network: front, mac: '52:54:00:00:00:01'}}}\n  b: {image: debian, flavor: small, nics: {eth0: {network: front, mac: '52:54:00:00:00:01'}}}",
            gives: [
                "f:4:72: error: the MAC address 52:54:00:00:00:01 is assigned twice, to the instances \"a\" and \"b\" (first assigned: f:3:72)"
            ]),
        SpecCase(
            "ready by address where there is none",
            "networks: {n: {mode: isolated}, m: {mode: bridge, bridge: br1, dhcp: none}}\ninstances: {a: {image: debian, flavor: small, networks: [n, m], ready: address}}",
            gives: [
                "f:3:72: error: the instance \"a\" cannot have ready: address: its networks have no cidr: m, n; write ready: running, or give a network a cidr"
            ]),
        SpecCase(
            "ready by ssh where there is no address",
            "networks: {n: {mode: isolated}}\ninstances: {a: {image: debian, flavor: small, networks: [n], ready: ssh}}",
            gives: [
                "f:3:69: error: the instance \"a\" cannot have ready: ssh: its networks have no cidr: n; write ready: running, or give a network a cidr"
            ]),
        SpecCase(
            "ready by address on a bridge, where the LAN's own DHCP server is meant",
            "instances: {a: {image: debian, flavor: small, networks: [lan], ready: address}}", gives: []),
        SpecCase(
            "a MAC as libvirt gives to the node's side of NICs",
            "instances: {a: {image: debian, flavor: small, nics: {eth0: {network: front, mac: 'fe:54:00:aa:bb:cc'}}}}",
            gives: [
                "f:2:82: error: the MAC address fe:54:00:aa:bb:cc starts with fe, which libvirt reserves for the node's side of NICs; start it with 52:54:00"
            ]),
        SpecCase(
            "a network that is exactly the nodes' own", "networks: {n: {mode: isolated, cidr: 10.77.0.8/29}}",
            gives: [
                "f:2:38: error: the network \"n\" (10.77.0.8/29) covers the address of the node \"kvm1\", 10.77.0.11; choose another cidr (the node: base:3:25)"
            ]),
        SpecCase(
            "a network that is wider than the nodes' own", "networks: {n: {mode: nat, cidr: 10.0.0.0/8}}",
            gives: [
                "f:2:33: error: the network \"n\" (10.0.0.0/8) covers the address of the node \"kvm1\", 10.77.0.11; choose another cidr (the node: base:3:25)"
            ]),
        SpecCase(
            "a name server that is the guest itself",
            "networks: {n: {mode: nat, cidr: 10.30.0.0/24, dns: [127.0.0.53]}}",
            gives: [
                "f:2:52: error: dns: no name server answers guests at 127.0.0.53: 127.0.0.0/8 is the loopback range; write an address that guests can reach"
            ]),
        SpecCase(
            "one address behind two bastions",
            "nodes:\n  a: {address: 192.168.1.10, jump: one.example.org}\n  b: {address: 192.168.1.10, jump: two.example.org}",
            gives: []),
        SpecCase(
            "a network over a node's bastion",
            "nodes: {far: {address: far.example.org, jump: 'me@10.20.0.1:22'}}\nnetworks: {n: {mode: nat, cidr: 10.20.0.0/24}}",
            gives: [
                "f:3:33: error: the network \"n\" (10.20.0.0/24) covers the address of the jump host of the node \"far\", 10.20.0.1; choose another cidr (the node: f:2:47)"
            ]),
        SpecCase(
            "ready by address without a NIC",
            "instances: {a: {image: debian, flavor: small, ready: {when: address, timeout: 10m}}}",
            gives: [
                "f:2:61: error: the instance \"a\" cannot have ready: address: it has no NIC; write ready: running, or give a network a cidr"
            ]),
        SpecCase(
            "ready by address with external DHCP",
            "networks: {n: {mode: bridge, bridge: br1, dhcp: external}}\ninstances: {a: {image: debian, flavor: small, networks: [n], ready: address}}",
            gives: []),
        SpecCase(
            "a pin to an unknown node",
            "instances: {a: {image: debian, flavor: small, node: kvm9}}",
            gives: [
                "f:2:53: error: there is no node \"kvm9\"; did you mean \"kvm1\"?"
            ]),
        SpecCase(
            "a pin to a lost node",
            "nodes:\n  dead: {address: 10.9.0.1, state: lost}\ninstances: {a: {image: debian, flavor: small, node: dead}}",
            gives: [
                "f:4:53: warning: the instance is pinned to \"dead\", which is lost; remove the pin, or pin it to another node (the node's state: f:3:36)"
            ]),
        SpecCase(
            "a pin to a node in maintenance",
            "nodes:\n  busy: {address: 10.9.0.1, state: maintenance}\ninstances: {a: {image: debian, flavor: small, node: busy}}",
            gives: [
                "f:4:53: warning: the instance is pinned to \"busy\", which is in maintenance: it cannot migrate away (the node's state: f:3:36)"
            ]),
        SpecCase(
            "a pin against a label",
            "instances: {a: {image: debian, flavor: small, node: kvm2, placement: {where: {rack: a}}}}",
            gives: [
                "f:2:53: error: the instance is pinned to \"kvm2\" and needs a node with rack: a; that one has no such label (the label: f:2:85)"
            ]),
        SpecCase(
            "a label that no node has",
            "instances: {a: {image: debian, flavor: small, placement: {where: {rakc: a}}}}",
            gives: [
                "f:2:73: error: no node has a label \"rakc\"; did you mean \"rack\"?"
            ]),
        SpecCase(
            "a label's value that no node has",
            "instances: {a: {image: debian, flavor: small, placement: {where: {rack: b}}}}",
            gives: [
                "f:2:73: error: no node has the label rack: b; there is only a"
            ]),
        SpecCase(
            "a spread over an unknown label",
            "instances: {a: {image: debian, flavor: small, count: 2, placement: {spread: nodes}}}",
            gives: [
                "f:2:77: error: no node has the label \"nodes\" to spread over; did you mean \"node\"?"
            ]),
        SpecCase(
            "a spread over too few nodes",
            "instances: {a: {image: debian, flavor: small, count: 3, placement: {spread: node}}}",
            gives: [
                "f:2:77: warning: the group \"a\" has 3 members to spread over 2 nodes; lower count:, add nodes, or remove spread:"
            ]),
        SpecCase(
            "a spread with two pins to one node",
            "instances: {a: {image: debian, flavor: small, count: 2, node: kvm1, placement: {spread: node}}}",
            gives: [
                "f:2:63: error: \"a-1\" and \"a-2\" are pinned to one node, \"kvm1\", and spread over nodes; remove the pin or the spread"
            ]),
        SpecCase(
            "more members than nodes may have",
            "instances: {a: {image: debian, flavor: small, count: 5, placement: {perNode: 2}}}",
            gives: [
                "f:2:78: warning: the group \"a\" has 5 members, too many for 2 nodes with 2 on each; lower count:, add nodes, or raise perNode:"
            ]),
        SpecCase(
            "more pins to one node than it may have members",
            "instances: {a: {image: debian, flavor: small, count: 3, node: kvm1, placement: {perNode: 2}}}",
            gives: [
                "f:2:63: error: more than 2 members of the group are pinned to one node, \"kvm1\"; remove a pin, or raise perNode:"
            ]),
        SpecCase(
            "spread over nodes with several on one",
            "instances: {a: {image: debian, flavor: small, count: 2, placement: {spread: node, perNode: 2}}}",
            gives: [
                "f:2:92: error: members that are spread over nodes never share one; remove spread: or perNode: (the spread: f:2:77)"
            ]),
        SpecCase(
            "together on one node that takes fewer",
            "instances: {a: {image: debian, flavor: small, count: 2, placement: {together: node, perNode: 1}}}",
            gives: [
                "f:2:94: error: 2 members that are together on one node are more than 1; remove together: or perNode: (together: f:2:79)"
            ]),
        SpecCase(
            "some on each node, in one rack",
            "instances: {a: {image: debian, flavor: small, count: 4, placement: {together: rack, perNode: 2}}}",
            gives: []),
        SpecCase(
            "a number of members that is none",
            "instances: {a: {image: debian, flavor: small, count: 4, placement: {perNode: 0}}}",
            gives: [
                "f:2:78: error: placement.perNode: expected a number of members from 1 to 1000, found the number 0"
            ]),
        SpecCase(
            "together by an unknown label",
            "instances: {a: {image: debian, flavor: small, count: 2, placement: {together: nodes}}}",
            gives: [
                "f:2:79: error: no node has the label \"nodes\" to group members by; did you mean \"node\"?"
            ]),
        SpecCase(
            "together on what they are spread over",
            "instances: {a: {image: debian, flavor: small, count: 2, placement: {spread: node, together: node}}}",
            gives: [
                "f:2:93: error: members that are spread over nodes cannot be together on one node; remove spread: or together: (the spread: f:2:77)"
            ]),
        SpecCase(
            "spread over racks and together on a node",
            "instances: {a: {image: debian, flavor: small, count: 2, placement: {spread: rack, together: node}}}",
            gives: [
                "f:2:93: error: members that are spread over the label rack cannot be together on one node; remove spread: or together: (the spread: f:2:77)"
            ]),
        SpecCase(
            "spread over nodes and together in a rack",
            "instances: {a: {image: debian, flavor: small, placement: {spread: node, together: rack}}}",
            gives: []),
        SpecCase(
            "together and pinned apart",
            "instances: {a: {image: debian, flavor: small, count: 2, placement: {together: node}, members: {1: {node: kvm1}, 2: {node: kvm2}}}}",
            gives: [
                "f:2:123: error: \"a-1\" and \"a-2\" must be together, but are pinned to \"kvm1\" and \"kvm2\"; remove one of the pins, or together:"
            ]),
        SpecCase(
            "renamed from an instance that is there",
            "instances: {a: {image: debian, flavor: small}, b: {image: debian, flavor: small, renamedFrom: a}}",
            gives: [
                "f:2:95: error: \"b\" was renamed from \"a\", which is in the spec too; remove renamedFrom, or the instance \"a\""
            ]),
        SpecCase(
            "renamed from a group",
            "instances: {a: {image: debian, flavor: small, count: 2}, b: {image: debian, flavor: small, renamedFrom: a}}",
            gives: [
                "f:2:105: error: \"b\" was renamed from \"a\", which is a group in the spec; remove renamedFrom; to rename its last member, lower count: by one"
            ]),
        SpecCase(
            "two renamed from one",
            "instances: {a: {image: debian, flavor: small, renamedFrom: x}, b: {image: debian, flavor: small, renamedFrom: x}}",
            gives: [
                "f:2:111: error: \"b\" and \"a\" were both renamed from \"x\"; write renamedFrom for one of them; in a group, below members:"
            ]),
        SpecCase(
            "more vCPUs than any node",
            "nodes:\n  x: {address: 10.9.0.1, capacity: {vcpus: 2}}\ninstances: {a: {image: debian, flavor: small, node: x, vcpus: 9}}",
            gives: [
                "f:4:63: warning: the instance \"a\" needs 9 vCPUs; its node \"x\" can provide at most 8 vCPUs"
            ]),
        SpecCase(
            "more memory than the pinned node",
            "nodes:\n  x: {address: 10.9.0.1, capacity: {memory: 4GiB}}\ninstances: {a: {image: debian, flavor: small, node: x, memory: 5GiB}}",
            gives: [
                "f:4:64: warning: the instance \"a\" needs 5GiB of memory; its node \"x\" can provide at most 4GiB"
            ]),
        SpecCase(
            "two nodes at one address",
            "nodes:\n  x: {address: 10.77.0.11}",
            gives: [
                "f:3:16: error: the node \"x\" has the address of \"kvm1\", 10.77.0.11 (the other node: base:3:25)"
            ]),
        SpecCase(
            "two nodes on one address with ports of their own",
            "nodes:\n  x: {address: 10.77.0.11, port: 2222}",
            gives: []),
    ]
}
