/// Values that are wrong in themselves.
///
/// Each text is added to `SpecCase.base`; its first line is line 2, after its `apiVersion`.
enum DecodingCases {
    static let all: [SpecCase] = [
        SpecCase(
            "an unknown key",
            "instances: {a: {image: debian, flavor: small, memroy: 1GiB}}",
            gives: [
                "f:2:47: error: unknown key \"memroy\" in an instance; did you mean \"memory\"?"
            ]),
        SpecCase(
            "an unknown key far from all",
            "flavors: {x: {speed: 3}}",
            gives: [
                "f:2:15: error: unknown key \"speed\" in a flavor; known keys are vcpus, memory, disk"
            ]),
        SpecCase(
            "an unknown key deep inside",
            "instances: {a: {image: debian, flavor: small, nics: {eth0: {network: front, adress: 192.168.222.9}}}}",
            gives: [
                "f:2:77: error: unknown key \"adress\" in a NIC; did you mean \"address\"?"
            ]),
        SpecCase(
            "a host name in upper case, and with a dot at its end",
            "instances:\n  a: {image: debian, flavor: small, hostname: DB.Example.org}\n  b: {image: debian, flavor: small, hostname: db.example.org.}",
            gives: [
                "f:3:47: error: hostname: expected a host name such as db or db.example.org, found \"DB.Example.org\"; write db.example.org",
                "f:4:47: error: hostname: expected a host name such as db or db.example.org, found \"db.example.org.\"; write db.example.org",
            ]),
        SpecCase(
            "an address as a host name",
            "instances: {a: {image: debian, flavor: small, hostname: 10.0.0.5}}",
            gives: [
                "f:2:57: error: hostname: expected a host name such as db or db.example.org, found \"10.0.0.5\""
            ]),
        SpecCase(
            "a list where a map belongs",
            "instances: [a]",
            gives: [
                "f:2:12: error: instances: expected a map, found a list"
            ]),
        SpecCase(
            "nothing where a map belongs",
            "instances:\n  a:\n",
            gives: [
                "f:3:5: error: a: expected a map, found nothing"
            ]),
        SpecCase(
            "a list where a size belongs",
            "instances: {a: {image: debian, flavor: small, memory: [1]}}",
            gives: [
                "f:2:55: error: memory: expected a size such as 512MiB, found a list"
            ]),
        SpecCase(
            "a number where a size belongs",
            "instances: {a: {image: debian, flavor: small, memory: 512}}",
            gives: [
                "f:2:55: error: memory: expected a size such as 512MiB, found the number 512; add a unit, such as MiB or GiB"
            ]),
        SpecCase(
            "a size with a space",
            "instances: {a: {image: debian, flavor: small, memory: 512 MiB}}",
            gives: [
                "f:2:55: error: memory: expected a size such as 512MiB, found \"512 MiB\"; write 512MiB"
            ]),
        SpecCase(
            "a size without its B",
            "instances: {a: {image: debian, flavor: small, memory: 512Mi}}",
            gives: [
                "f:2:55: error: memory: expected a size such as 512MiB, found \"512Mi\"; write 512MiB"
            ]),
        SpecCase(
            "sizes as other programs write them",
            "flavors:\n  a: {memory: 512M}\n  b: {memory: 5G}\n  c: {memory: 500000K}\n  d: {memory: 512m}\n  e: {memory: 2gb}\n  f: {memory: 1.5GiB}\n  g: {memory: '1,5 G'}\n  h: {memory: 512 MB}\n  i: {memory: '512'}\n  j: {memory: 2Gib}\n  k: {memory: 1.3G}\n  l: {memory: .5G}\n  m: {disk: 1T}\n  n: {memory: 1G B}\n  o: {memory: 5GO}\n  p: {memory: 9999999999999999999.5G}",
            gives: [
                "f:3:15: error: memory: expected a size such as 512MiB, found \"512M\"; write 512MiB",
                "f:4:15: error: memory: expected a size such as 512MiB, found \"5G\"; write 5GiB",
                "f:5:15: error: memory: expected a size such as 512MiB, found \"500000K\"; write 500000KiB",
                "f:6:15: error: memory: expected a size such as 512MiB, found \"512m\"; write 512MiB",
                "f:7:15: error: memory: expected a size such as 512MiB, found \"2gb\"; write 2GB",
                "f:8:15: error: memory: expected a size such as 512MiB, found \"1.5GiB\"; write 1536MiB",
                "f:9:15: error: memory: expected a size such as 512MiB, found \"1,5 G\"; write 1536MiB",
                "f:10:15: error: memory: expected a size such as 512MiB, found \"512 MB\"; write 512MB",
                "f:11:15: error: memory: expected a size such as 512MiB, found \"512\"",
                "f:12:15: error: memory: expected a size such as 512MiB, found \"2Gib\"; write 2GiB",
                "f:13:15: error: memory: expected a size such as 512MiB, found \"1.3G\"",
                "f:14:15: error: memory: expected a size such as 512MiB, found \".5G\"",
                "f:15:13: error: disk: expected a size such as 512MiB, found \"1T\"; write 1TiB",
                "f:16:15: error: memory: expected a size such as 512MiB, found \"1G B\"; write 1GB",
                "f:17:15: error: memory: expected a size such as 512MiB, found \"5GO\"",
                "f:18:15: error: memory: expected a size such as 512MiB, found \"9999999999999999999.5G\"",
            ]),
        SpecCase(
            "networks whose addresses no host can have",
            "networks:\n  a: {mode: nat, cidr: 224.0.0.0/24}\n  b: {mode: nat, cidr: 169.254.10.0/24}\n  c: {mode: nat, cidr: 127.0.0.0/8}\n  d: {mode: nat, cidr: 0.0.0.0/8}\n  e: {mode: nat, cidr: 255.255.255.0/24}\n  f: {mode: nat, cidr: 240.0.0.0/24}",
            gives: [
                "f:3:24: error: cidr: 224.0.0.0/24 cannot be a guest network: 224.0.0.0/3 is for multicast and broadcast; use one of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16",
                "f:4:24: error: cidr: 169.254.10.0/24 cannot be a guest network: 169.254.0.0/16 is the link-local range, for machines that get no DHCP address; use one of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16",
                "f:5:24: error: cidr: 127.0.0.0/8 cannot be a guest network: 127.0.0.0/8 is the loopback range; use one of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16",
                "f:6:24: error: cidr: 0.0.0.0/8 cannot be a guest network: 0.0.0.0/8 is not for hosts; use one of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16",
                "f:7:24: error: cidr: 255.255.255.0/24 cannot be a guest network: 224.0.0.0/3 is for multicast and broadcast; use one of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16",
                "f:8:24: error: cidr: 240.0.0.0/24 cannot be a guest network: 224.0.0.0/3 is for multicast and broadcast; use one of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16",
            ]),
        SpecCase(
            "a variable in a map on one line",
            "instances: {a: {image: ${x}, flavor: small}}",
            gives: ["f:2:24: error: inside { } and [ ] a ${…} must be quoted: write '${…}'"]),
        SpecCase(
            "a variable in a list on one line",
            "instances: {a: {image: debian, flavor: small, networks: [front, ${x}]}}",
            gives: ["f:2:65: error: inside { } and [ ] a ${…} must be quoted: write '${…}'"]),
        SpecCase(
            "values where maps belong, told with the key that is meant",
            "pools: {fast: /data}\nimages: {i: a.qcow2}\nnodes: {n: 10.1.1.1}\nnetworks: {m: nat}\nprofiles:\n  a: {nics: {eth0: front}, disks: {d: 5GiB}, stop: 1m, rollout: 2, hardware: EPYC, packages: true}\n  b: {nics: [front], disks: [5GiB], placement: node}",
            gives: [
                "f:2:15: error: fast: expected a map, found \"/data\"; write {path: /data}",
                "f:3:13: error: i: expected a map, found \"a.qcow2\"; write {source: a.qcow2}",
                "f:4:12: error: n: expected a map, found \"10.1.1.1\"; write {address: 10.1.1.1}",
                "f:5:15: error: m: expected a map, found \"nat\"; write {mode: nat}",
                "f:7:20: error: nics.eth0: expected a map, found \"front\"; write {network: front}",
                "f:7:39: error: disks.d: expected a map, found \"5GiB\"; write {size: 5GiB}",
                "f:7:52: error: stop: expected a map, found \"1m\"; write {timeout: 1m}",
                "f:7:65: error: rollout: expected a map, found the number 2; write {maxUnavailable: 2}",
                "f:7:78: error: hardware: expected a map, found \"EPYC\"; write {cpu: EPYC}",
                "f:7:94: error: packages: expected a map, found the boolean true; write {deliver: true}",
                "f:8:13: error: nics: expected a map of NICs, found a list; write for example nics: {eth0: {network: front}}",
                "f:8:29: error: disks: expected a map of disks, found a list; write for example disks: {data: {size: 5GiB}}",
                "f:8:48: error: placement: expected a map, found \"node\"; write for example placement: {spread: node}",
            ]),
        SpecCase(
            "a MAC with hyphens and times in words",
            "profiles: {p: {nics: {eth0: {network: front, mac: 52-54-00-00-00-01}}, ready: {timeout: 5 min}, stop: {timeout: 30sec}}}",
            gives: [
                "f:2:51: error: nics.eth0.mac: expected a MAC address such as 52:54:00:12:34:56, found \"52-54-00-00-00-01\"; write 52:54:00:00:00:01",
                "f:2:89: error: ready.timeout: expected a time such as 30s or 5m, found \"5 min\"; write 5m",
                "f:2:113: error: stop.timeout: expected a time such as 30s or 5m, found \"30sec\"; write 30s",
            ]),
        SpecCase(
            "networks as a map, with an address",
            "instances: {a: {image: debian, flavor: small, networks: {front: {address: 192.168.222.20}, lan: }}}",
            gives: []),
        SpecCase(
            "networks as a map, with what is none",
            "instances: {a: {image: debian, flavor: small, networks: {front: {adress: 192.168.222.20}, lan: 10.0.0.1}}}",
            gives: [
                "f:2:66: error: unknown key \"adress\" in a network's NIC; did you mean \"address\"?",
                "f:2:96: error: networks.lan: expected a map, found \"10.0.0.1\"; write {address: 10.0.0.1}",
            ]),
        SpecCase(
            "memory of zero",
            "instances: {a: {image: debian, flavor: small, memory: 0GiB}}",
            gives: [
                "f:2:55: error: memory: expected a size from 16MiB to 64TiB, found 0GiB"
            ]),
        SpecCase(
            "absurd memory",
            "instances: {a: {image: debian, flavor: small, memory: 100000TiB}}",
            gives: [
                "f:2:55: error: memory: expected a size from 16MiB to 64TiB, found 100000TiB"
            ]),
        SpecCase(
            "a disk of zero",
            "instances: {a: {image: debian, flavor: small, disk: 0GiB}}",
            gives: [
                "f:2:53: error: disk: expected a size from 1MiB to 1024TiB, found 0GiB"
            ]),
        SpecCase(
            "a data disk of zero",
            "instances: {a: {image: debian, flavor: small, disks: {data: {size: 0MiB}}}}",
            gives: [
                "f:2:68: error: disks.data.size: expected a size from 1MiB to 1024TiB, found 0MiB"
            ]),
        SpecCase(
            "a data disk without a size",
            "instances: {a: {image: debian, flavor: small, disks: {data: {}}}}",
            gives: [
                "f:2:61: error: disks.data: size is missing; expected a size such as 512MiB"
            ]),
        SpecCase(
            "a negative size",
            "instances: {a: {image: debian, flavor: small, memory: -1GiB}}",
            gives: [
                "f:2:55: error: memory: expected a size such as 512MiB, found \"-1GiB\""
            ]),
        SpecCase(
            "zero vCPUs",
            "instances: {a: {image: debian, flavor: small, vcpus: 0}}",
            gives: [
                "f:2:54: error: vcpus: expected a number of vCPUs from 1 to 1024, found the number 0"
            ]),
        SpecCase(
            "vCPUs in quotes",
            "instances: {a: {image: debian, flavor: small, vcpus: '2'}}",
            gives: [
                "f:2:54: error: vcpus: expected a number of vCPUs from 1 to 1024, found \"2\"; remove the quotes"
            ]),
        SpecCase(
            "half a vCPU",
            "instances: {a: {image: debian, flavor: small, vcpus: 1.5}}",
            gives: [
                "f:2:54: error: vcpus: expected a number of vCPUs from 1 to 1024, found the number 1.5"
            ]),
        SpecCase(
            "a number where text is expected",
            "instances: {a: {image: 12, flavor: small}}",
            gives: [
                "f:2:24: error: image: expected a name, found the number 12; quote it: '12'"
            ]),
        SpecCase(
            "a boolean where text is expected",
            "nodes: {x: {address: h, labels: {rack: true}}}",
            gives: [
                "f:2:40: error: labels.rack: expected text, found the boolean true; quote it: 'true'"
            ]),
        SpecCase(
            "a number as a label",
            "nodes: {x: {address: h, labels: {rack: 7}}}",
            gives: [
                "f:2:40: error: labels.rack: expected text, found the number 7; quote it: '7'"
            ]),
        SpecCase(
            "yes where a boolean is expected",
            "instances: {a: {image: debian, flavor: small, protect: yes}}",
            gives: [
                "f:2:56: error: protect: expected true or false, found \"yes\"; write true"
            ]),
        SpecCase(
            "an unknown word of a few",
            "instances: {a: {image: debian, flavor: small, power: onn}}",
            gives: [
                "f:2:54: error: power: expected one of on, off, keep, found \"onn\"; did you mean \"on\"?"
            ]),
        SpecCase(
            "power by a boolean",
            "instances: {a: {image: debian, flavor: small, power: true}}",
            gives: []),
        SpecCase(
            "a count of -3",
            "instances: {a: {image: debian, flavor: small, count: -3}}",
            gives: [
                "f:2:54: error: count: expected a count from 0 to 10000, found the number -3"
            ]),
        SpecCase(
            "a count that is text",
            "instances: {a: {image: debian, flavor: small, count: two}}",
            gives: [
                "f:2:54: error: count: expected a count from 0 to 10000, found \"two\""
            ]),
        SpecCase(
            "an absurd count",
            "instances: {a: {image: debian, flavor: small, count: 1000000000}}",
            gives: [
                "f:2:54: error: count: expected a count from 0 to 10000, found the number 1000000000"
            ]),
        SpecCase(
            "members without a count",
            "instances: {a: {image: debian, flavor: small, members: {1: {node: kvm1}}}}",
            gives: [
                "f:2:47: error: members need a group, and \"a\" has no count; add count:"
            ]),
        SpecCase(
            "members out of range",
            "instances: {a: {image: debian, flavor: small, count: 2, members: {0: {}, 3: {}, x: {}, 02: {}, 1: {}}}}",
            gives: [
                "f:2:67: error: members.0: there is no such member; expected a number from 1 to 2",
                "f:2:74: error: members.3: there is no such member; expected a number from 1 to 2",
                "f:2:81: error: members.x: there is no such member; expected a number from 1 to 2",
                "f:2:88: error: members.02: there is no such member; expected a number from 1 to 2",
            ]),
        SpecCase(
            "a count within a member",
            "instances: {a: {image: debian, flavor: small, count: 2, members: {1: {count: 3}}}}",
            gives: [
                "f:2:71: error: unknown key \"count\" in a member; known keys are flavor, vcpus, memory, disk, pool, rootDisk, image, install, hardware, nics, networks, firewall, disks, node, placement, onMaintenance, power, autostart, protect, hostname, access, cloudInit, ready, roles, packages, provision, labels, rebootPolicy, onChange, imageChange, stop, rollout, renamedFrom, ignore, snapshotBefore"
            ]),
        SpecCase(
            "a member that collides with an instance",
            "instances:\n  web: {image: debian, flavor: small, count: 2}\n  web-2: {image: debian, flavor: small}",
            gives: [
                "f:3:3: error: the member \"web-2\" of the group \"web\" is also an instance of its own; rename one of them (the other one: f:4:3)"
            ]),
        SpecCase(
            "a name that is a path",
            "instances: {../etc: {image: debian, flavor: small}}",
            gives: [
                "f:2:13: error: instances: \"../etc\" is not a valid name: a name is not a path; use a-z, 0-9 and -"
            ]),
        SpecCase(
            "a name with a dot",
            "instances: {web.1: {image: debian, flavor: small}}",
            gives: [
                "f:2:13: error: instances: \"web.1\" is not a valid name: a name has no dot; use a-z, 0-9 and -"
            ]),
        SpecCase(
            "a name that is shell text",
            "instances: {'a; rm -rf ~': {image: debian, flavor: small}}",
            gives: [
                "f:2:13: error: instances: \"a; rm -rf ~\" is not a valid name: use only a-z, 0-9 and -"
            ]),
        SpecCase(
            "a name in capitals",
            "instances: {Web: {image: debian, flavor: small}}",
            gives: [
                "f:2:13: error: instances: \"Web\" is not a valid name: write it in lower case"
            ]),
        SpecCase(
            "a name with an underscore",
            "instances: {web_1: {image: debian, flavor: small}}",
            gives: [
                "f:2:13: error: instances: \"web_1\" is not a valid name: use only a-z, 0-9 and -"
            ]),
        SpecCase(
            "a name that ends with a hyphen",
            "instances: {web-: {image: debian, flavor: small}}",
            gives: [
                "f:2:13: error: instances: \"web-\" is not a valid name: it starts or ends with a hyphen"
            ]),
        SpecCase(
            "an empty name",
            "instances: {'': {image: debian, flavor: small}}",
            gives: [
                "f:2:13: error: instances: \"\" is not a valid name: it is empty"
            ]),
        SpecCase(
            "a name of 64 letters",
            "instances: {aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: {image: debian, flavor: small}}",
            gives: [
                "f:2:13: error: instances: \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…\" is not a valid name: it has 64 characters, at most 63 fit in a host name"
            ]),
        SpecCase(
            "a member's name that gets too long",
            "instances: {aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: {image: debian, flavor: small, count: 1}}",
            gives: [
                "f:2:13: error: the name \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-1\" of a member has more than 63 characters; shorten the group's name"
            ]),
        SpecCase(
            "no image",
            "instances: {a: {flavor: small}}",
            gives: [
                "f:2:13: error: the instance \"a\" has no image; add image: with the name of an image"
            ]),
        SpecCase(
            "no sizes",
            "instances: {a: {image: debian}}",
            gives: [
                "f:2:13: error: the instance \"a\" has no vcpus, no memory, no disk; add flavor: with the name of a flavor"
            ]),
        SpecCase(
            "no disk with a flavor that has none",
            "flavors: {thin: {vcpus: 1, memory: 1GiB}}\ninstances: {a: {image: debian, flavor: thin}}",
            gives: [
                "f:3:13: error: the instance \"a\" has no disk; its flavor does not set it either"
            ]),
        SpecCase(
            "sizes that win over the flavor",
            "instances: {a: {image: debian, flavor: small, vcpus: 2, memory: 2GiB, disk: 20GiB}}",
            gives: []),
        SpecCase(
            "an unknown flavor",
            "instances: {a: {image: debian, flavor: smal}}",
            gives: [
                "f:2:40: error: there is no flavor \"smal\"; did you mean \"small\"?"
            ]),
        SpecCase(
            "an unknown profile",
            "instances: {a: {image: debian, flavor: small, profiles: [bsae]}}",
            gives: [
                "f:2:58: error: there is no profile \"bsae\"; did you mean \"base\"?"
            ]),
        SpecCase(
            "networks that are no list",
            "instances: {a: {image: debian, flavor: small, networks: front}}",
            gives: [
                "f:2:57: error: networks: expected a list of networks, found \"front\"; write [front]"
            ]),
        SpecCase(
            "networks that are a list of maps",
            "instances: {a: {image: debian, flavor: small, networks: [{network: front, address: 192.168.222.20}, {lan: {}}, {}]}}",
            gives: [
                "f:2:58: error: networks: expected a network's name, found a map; settings need a map of networks by their names instead of a list: networks: {front: {address: 192.168.222.20}}",
                "f:2:101: error: networks: expected a network's name, found a map; settings need a map of networks by their names instead of a list: networks: {lan: {}}",
                "f:2:112: error: networks: expected a network's name, found a map; settings need a map of networks by their names instead of a list: networks: {NETWORK: {}}",
            ]),
        SpecCase(
            "both forms of NICs",
            "instances: {a: {image: debian, flavor: small, networks: [front], nics: {eth1: {network: lan}}}}",
            gives: [
                "f:2:47: error: networks is the short form of nics; only one of them can be given (nics is given: f:2:66)"
            ]),
        SpecCase(
            "an address that is none",
            "instances: {a: {image: debian, flavor: small, nics: {eth0: {network: front, address: 192.168.222.256}}}}",
            gives: [
                "f:2:86: error: nics.eth0.address: expected an IPv4 address such as 10.0.0.5, found \"192.168.222.256\""
            ]),
        SpecCase(
            "an address with a prefix",
            "instances: {a: {image: debian, flavor: small, nics: {eth0: {network: front, address: 192.168.222.9/24}}}}",
            gives: [
                "f:2:86: error: nics.eth0.address: expected an IPv4 address such as 10.0.0.5, found \"192.168.222.9/24\"; write 192.168.222.9 without the prefix"
            ]),
        SpecCase(
            "a MAC that is none",
            "instances: {a: {image: debian, flavor: small, nics: {eth0: {network: front, mac: 52-54-00-00-00-01}}}}",
            gives: [
                "f:2:82: error: nics.eth0.mac: expected a MAC address such as 52:54:00:12:34:56, found \"52-54-00-00-00-01\"; write 52:54:00:00:00:01"
            ]),
        SpecCase(
            "host bits in a network",
            "networks: {n: {mode: nat, cidr: 10.1.0.5/24}}",
            gives: [
                "f:2:33: error: cidr: 10.1.0.5/24 is an address in a network, not the network itself; write 10.1.0.0/24"
            ]),
        SpecCase(
            "a prefix that is too long",
            "networks: {n: {mode: nat, cidr: 10.1.0.0/31}}",
            gives: [
                "f:2:33: error: cidr: expected a prefix from /8 to /30, found /31"
            ]),
        SpecCase(
            "a network that is none",
            "networks: {n: {mode: nat, cidr: ten}}",
            gives: [
                "f:2:33: error: cidr: expected a network such as 10.0.0.0/24, found \"ten\""
            ]),
        SpecCase(
            "a NAT network without addresses",
            "networks: {n: {mode: nat}}",
            gives: [
                "f:2:12: error: the network \"n\" has mode nat but no cidr; add for example cidr: 192.168.222.0/24"
            ]),
        SpecCase(
            "a reversed DHCP range",
            "networks: {n: {mode: nat, cidr: 10.1.0.0/24, dhcp: {from: 10.1.0.200, to: 10.1.0.100}}}",
            gives: [
                "f:2:52: error: dhcp: the range is reversed: it starts at 10.1.0.200 and ends at 10.1.0.100; write {from: 10.1.0.100, to: 10.1.0.200}"
            ]),
        SpecCase(
            "reversed addresses",
            "networks: {n: {mode: nat, cidr: 10.1.0.0/24, addresses: {from: 10.1.0.99, to: 10.1.0.10}}}",
            gives: [
                "f:2:57: error: addresses: the range is reversed: it starts at 10.1.0.99 and ends at 10.1.0.10; write {from: 10.1.0.10, to: 10.1.0.99}"
            ]),
        SpecCase(
            "half a range",
            "networks: {n: {mode: nat, cidr: 10.1.0.0/24, addresses: {from: 10.1.0.99}}}",
            gives: [
                "f:2:57: error: addresses: to is missing; expected an IPv4 address such as 10.0.0.5"
            ]),
        SpecCase(
            "an unknown word for DHCP",
            "networks: {n: {mode: bridge, bridge: br1, dhcp: extrenal}}",
            gives: [
                "f:2:49: error: dhcp: expected {from: …, to: …}, none or external, found \"extrenal\"; did you mean \"external\"?"
            ]),
        SpecCase(
            "an unknown mode",
            "networks: {n: {mode: overlay}}",
            gives: [
                "f:2:22: error: mode: expected one of nat, isolated, routed, vxlan, bridge, ovs, found \"overlay\""
            ]),
        SpecCase(
            "no mode",
            "networks: {n: {cidr: 10.1.0.0/24}}",
            gives: [
                "f:2:15: error: mode is missing; expected one of nat, isolated, routed, vxlan, bridge, ovs"
            ]),
        SpecCase(
            "a bridge without its name",
            "networks: {n: {mode: bridge}}",
            gives: [
                "f:2:15: error: bridge is missing; expected the name of a bridge such as br0"
            ]),
        SpecCase(
            "a bridge with an impossible name",
            "networks: {n: {mode: bridge, bridge: my bridge/1}}",
            gives: [
                "f:2:38: error: bridge: expected the name of a bridge such as br0, found \"my bridge/1\""
            ]),
        SpecCase(
            "a bridge on a NAT network",
            "networks: {n: {mode: nat, cidr: 10.1.0.0/24, bridge: br1}}",
            gives: [
                "f:2:54: error: bridge is for mode bridge or ovs only, and this network has mode nat; remove it, or write mode: bridge"
            ]),
        SpecCase(
            "an Open vSwitch network without its bridge",
            "networks: {n: {mode: ovs, vlan: 42}}",
            gives: [
                "f:2:15: error: bridge is missing; expected the name of a bridge such as br0"
            ]),
        SpecCase(
            "VLANs that are none",
            "networks: {a: {mode: ovs, bridge: b, vlan: 0}, b: {mode: ovs, bridge: b, vlan: 4095}, c: {mode: bridge, bridge: b, vlan: [1, 2]}, d: {mode: bridge, bridge: b, vlan: all}}",
            gives: [
                "f:2:44: error: vlan: expected a VLAN's number from 1 to 4094, found the number 0",
                "f:2:80: error: vlan: expected a VLAN's number from 1 to 4094, found the number 4095",
                "f:2:122: error: vlan: expected a VLAN's number from 1 to 4094, found a list",
                "f:2:166: error: vlan: expected a VLAN's number from 1 to 4094, found \"all\"",
            ]),
        SpecCase(
            "a VLAN of a network that kvmctl makes, and of an existing one",
            "networks: {a: {mode: isolated, vlan: 42}, b: {existing: default, vlan: 42}}",
            gives: [
                "f:2:38: error: vlan is for mode bridge or ovs only, and this network has mode isolated; remove it, or write mode: bridge",
                "f:2:72: error: vlan cannot be combined with existing: libvirt's network has its own",
            ]),
        SpecCase(
            "a routed network without a cidr",
            "networks: {n: {mode: routed, device: eth0/1}}",
            gives: [
                "f:2:12: error: the network \"n\" has mode routed but no cidr; add for example cidr: 192.168.222.0/24",
                "f:2:38: error: device: expected the name of an interface such as eth0, found \"eth0/1\"",
            ]),
        SpecCase(
            "the device of another mode",
            "networks: {n: {mode: nat, cidr: 10.1.0.0/24, device: eth0}}",
            gives: [
                "f:2:54: error: device is for mode routed only, and this network has mode nat; remove it, or write mode: routed"
            ]),
        SpecCase(
            "an existing network with a mode",
            "networks: {n: {existing: default, mode: nat}}",
            gives: [
                "f:2:41: error: mode cannot be combined with existing: libvirt's network has its own"
            ]),
        SpecCase(
            "an existing network",
            "networks: {n: {existing: default}}",
            gives: []),
        SpecCase(
            "a checksum that is too short",
            "images: {x: {source: x.qcow2, checksum: 'sha256:abc'}}",
            gives: [
                "f:2:41: error: checksum: a sha256 checksum has 64 hexadecimal digits, found 3"
            ]),
        SpecCase(
            "a checksum that is not hexadecimal",
            "images: {x: {source: x.qcow2, checksum: 'sha256:gggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggg'}}",
            gives: [
                "f:2:41: error: checksum: a sha256 checksum has only the digits 0-9 and a-f"
            ]),
        SpecCase(
            "an unknown checksum",
            "images: {x: {source: x.qcow2, checksum: 'md5:d41d8cd98f00b204e9800998ecf8427e'}}",
            gives: [
                "f:2:41: error: checksum: the checksum algorithm \"md5\" is unknown; use sha256 or sha512"
            ]),
        SpecCase(
            "a checksum without its algorithm",
            "images: {x: {source: x.qcow2, checksum: abababababababababababababababababababababababababababababababab}}",
            gives: [
                "f:2:41: error: checksum: expected a checksum such as sha256:… or sha512:…, found \"abababababababababababababababababababababababababababababab…\"; write sha256: before it"
            ]),
        SpecCase(
            "an image without a source",
            "images: {x: {}}",
            gives: [
                "f:2:13: error: source is missing; expected a path or an http(s) address"
            ]),
        SpecCase(
            "an image with a checksum and a file of them",
            "images: {x: {source: x.qcow2, checksum: sha256:\(String(repeating: "a", count: 64)), checksums: SUMS}}",
            gives: [
                "f:2:125: error: checksum and checksums both say what the image hashes to; write one of them: checksum pins the image, checksums follows what is published"
            ]),
        SpecCase(
            "a checksum that is an address",
            "images: {x: {source: x.qcow2, checksum: 'https://example.org/SHA256SUMS'}}",
            gives: [
                "f:2:41: error: checksum: expected a checksum such as sha256:… or sha512:…, found \"https://example.org/SHA256SUMS\"; write checksums: https://example.org/SHA256SUMS instead of checksum, or the digits themselves"
            ]),
        SpecCase(
            "checksums by ftp",
            "images: {x: {source: x.qcow2, checksums: 'ftp://example.org/x'}}",
            gives: [
                "f:2:42: error: checksums: checksums cannot be fetched over ftp; use an https address or a path"
            ]),
        SpecCase(
            "an image by the address of a Virtual PC disk",
            "images: {x: {source: 'https://example.org/x.vhd', checksums: SUMS}}",
            gives: [
                "f:2:22: error: source: https://example.org/x.vhd is no disk image that kvmctl can use; download it, and name the resulting file: it is a Virtual PC disk (vhd): convert it with qemu-img convert -f vpc -O qcow2 FILE NEW.qcow2"
            ]),
        SpecCase(
            "an image by ftp",
            "images: {x: {source: 'ftp://example.org/x'}}",
            gives: [
                "f:2:22: error: source: images cannot be fetched over ftp; use an https address or a path"
            ]),
        SpecCase(
            "an image by an address with a space",
            "images: {x: {source: 'https://example.org/a b'}}",
            gives: [
                "f:2:22: error: source: \"https://example.org/a b\" is not the address of a file"
            ]),
        SpecCase(
            "a node without an address",
            "nodes: {x: {user: root}}",
            gives: [
                "f:2:12: error: address is missing; expected a host name or address, or local"
            ]),
        SpecCase(
            "a node with an option as its address",
            "nodes: {x: {address: -oProxyCommand=x}}",
            gives: [
                "f:2:22: error: address: expected a host name or address, or local, found \"-oProxyCommand=x\""
            ]),
        SpecCase(
            "a node with a user in its address",
            "nodes: {x: {address: root@h}}",
            gives: [
                "f:2:22: error: address: expected a host name or address, or local, found \"root@h\"; write {address: h, user: root}"
            ]),
        SpecCase(
            "a node with a port in its address",
            "nodes: {x: {address: '127.0.0.1:2299'}}",
            gives: [
                "f:2:22: error: address: expected a host name or address, or local, found \"127.0.0.1:2299\"; write {address: 127.0.0.1, port: 2299}"
            ]),
        SpecCase(
            "a node with brackets around its address",
            "nodes: {x: {address: '[::1]'}}",
            gives: [
                "f:2:22: error: address: expected a host name or address, or local, found \"[::1]\"; write {address: \"::1\"}"
            ]),
        SpecCase(
            "a node with brackets and a port",
            "nodes: {x: {address: 'root@[::1]:22'}}",
            gives: [
                "f:2:22: error: address: expected a host name or address, or local, found \"root@[::1]:22\"; write {address: \"::1\", port: 22, user: root}"
            ]),
        SpecCase(
            "a node as libvirt's address",
            "nodes: {x: {address: 'qemu+ssh://root@host/system'}}",
            gives: [
                "f:2:22: error: address: expected a host name or address, or local, found \"qemu+ssh://root@host/system\"; write {address: host, user: root}"
            ]),
        SpecCase(
            "a node as an address for ssh",
            "nodes: {x: {address: 'ssh://ops@host:2222'}}",
            gives: [
                "f:2:22: error: address: expected a host name or address, or local, found \"ssh://ops@host:2222\"; write {address: host, port: 2222, user: ops}"
            ]),
        SpecCase(
            "an address with a number too large",
            "nodes: {x: {address: 10.77.0.300}}",
            gives: [
                "f:2:22: error: address: expected a host name or address, or local, found \"10.77.0.300\"; an IPv4 address has four numbers from 0 to 255, such as 192.0.2.11"
            ]),
        SpecCase(
            "an address of three numbers",
            "nodes: {x: {address: '10.77.0'}}",
            gives: [
                "f:2:22: error: address: expected a host name or address, or local, found \"10.77.0\"; an IPv4 address has four numbers from 0 to 255, such as 192.0.2.11"
            ]),
        SpecCase(
            "this machine as libvirt's address",
            "nodes: {x: {address: 'qemu:///system'}}",
            gives: [
                "f:2:22: error: address: expected a host name or address, or local, found \"qemu:///system\"; write local for this machine"
            ]),
        SpecCase(
            "a jump host as an address for ssh",
            "nodes: {x: {address: h, jump: 'ssh://ops@bastion:2222'}}",
            gives: [
                "f:2:31: error: jump: expected a host such as bastion.example.org or user@host:22, found \"ssh://ops@bastion:2222\"; write \"ops@bastion:2222\""
            ]),
        SpecCase(
            "a port that is none",
            "nodes: {x: {address: h, port: 70000}}",
            gives: [
                "f:2:31: error: port: expected a port from 1 to 65535, found the number 70000"
            ]),
        SpecCase(
            "a host key that is none",
            "nodes: {x: {address: h, hostKey: 'SHA256:abc'}}",
            gives: [
                "f:2:34: error: hostKey: a SHA256 fingerprint has 43 base64 characters, found 3"
            ]),
        SpecCase(
            "a host key of another kind",
            "nodes: {x: {address: h, hostKey: 'MD5:aa:bb'}}",
            gives: [
                "f:2:34: error: hostKey: expected a fingerprint such as SHA256:…, found \"MD5:aa:bb\"; ssh-keygen -l -f FILE prints it"
            ]),
        SpecCase(
            "an unknown state",
            "nodes: {x: {address: h, state: cordonned}}",
            gives: [
                "f:2:32: error: state: expected one of active, cordoned, maintenance, offline, lost, found \"cordonned\"; did you mean \"cordoned\"?"
            ]),
        SpecCase(
            "an overcommit of zero",
            "nodes: {x: {address: h, overcommit: {vcpus: 0}}}",
            gives: [
                "f:2:45: error: overcommit.vcpus: expected a number above 0, at most 1000, found the number 0"
            ]),
        SpecCase(
            "a relative path on a node",
            "pools: {x: {path: vm}}",
            gives: [
                "f:2:19: error: x.path: expected an absolute path, found \"vm\""
            ]),
        SpecCase(
            "a pool without a path",
            "pools: {x: {type: dir}}",
            gives: [
                "f:2:9: error: the pool \"x\" has no path; add path: /some/folder"
            ]),
        SpecCase(
            "an unknown type of pool",
            "pools: {x: {type: zfs, path: /x}}",
            gives: [
                "f:2:19: error: x.type: expected one of dir, fs, nfs, gluster, found \"zfs\"; did you mean \"fs\"?"
            ]),
        SpecCase(
            "text where a secret belongs",
            "instances: {a: {image: debian, flavor: small, access: {rootPassword: hunter2}}}",
            gives: [
                "f:2:70: error: access.rootPassword: a secret must not be written in the spec itself; write {env: NAME}, {file: PATH} or {command: [PROGRAM, …]}"
            ]),
        SpecCase(
            "a variable where a secret belongs",
            "vars: {pw: hunter2}\ninstances:\n  a:\n    image: debian\n    flavor: small\n    access:\n      rootPassword: ${pw}",
            gives: [
                "f:8:21: error: access.rootPassword: a secret must not be written in the spec itself; write {env: NAME}, {file: PATH} or {command: [PROGRAM, …]}"
            ]),
        SpecCase(
            "a secret from two places",
            "instances: {a: {image: debian, flavor: small, access: {rootPassword: {env: A, file: b}}}}",
            gives: [
                "f:2:70: error: access.rootPassword: expected exactly one of env, file and command"
            ]),
        SpecCase(
            "a secret from nowhere",
            "instances: {a: {image: debian, flavor: small, access: {rootPassword: {}}}}",
            gives: [
                "f:2:70: error: access.rootPassword: expected exactly one of env, file and command"
            ]),
        SpecCase(
            "a secret of an unknown kind",
            "instances: {a: {image: debian, flavor: small, access: {rootPassword: {vault: x}}}}",
            gives: [
                "f:2:71: error: unknown key in a secret; known keys are env, file, command"
            ]),
        SpecCase(
            "a secret's variable that is none",
            "instances: {a: {image: debian, flavor: small, access: {rootPassword: {env: 'A B'}}}}",
            gives: [
                "f:2:76: error: access.rootPassword.env: expected the name of an environment variable: letters, digits and _, starting with no digit"
            ]),
        SpecCase(
            "a secret's empty command",
            "instances: {a: {image: debian, flavor: small, access: {rootPassword: {command: []}}}}",
            gives: [
                "f:2:70: error: access.rootPassword.command: expected a program, found an empty list"
            ]),
        SpecCase(
            "a private key",
            "instances: {a: {image: debian, flavor: small, access: {sshKeys: ['-----BEGIN OPENSSH PRIVATE KEY-----']}}}",
            gives: [
                "f:2:66: error: access.sshKeys: this is a private key; write the public key here"
            ]),
        SpecCase(
            "a public key without its text",
            "instances: {a: {image: debian, flavor: small, access: {sshKeys: ['ssh-ed25519 hello']}}}",
            gives: [
                "f:2:66: error: access.sshKeys: this is not a public key: expected its type and base64 text on one line; copy the whole line of a .pub file, or name the file"
            ]),
        SpecCase(
            "addresses where public keys are expected",
            "instances: {a: {image: debian, flavor: small, access: {sshKeys: ['https://h/u.keys', 'gh:ana']}}}",
            gives: [
                "f:2:66: error: access.sshKeys: expected a public key or its file, found the address \"https://h/u.keys\"; save its content in a file and name that file, or write the keys themselves",
                "f:2:86: error: access.sshKeys: expected a public key or its file, found the address \"gh:ana\"; save its content in a file and name that file, or write the keys themselves",
            ]),
        SpecCase(
            "one key instead of a list",
            "instances: {a: {image: debian, flavor: small, access: {sshKeys: keys/ops.pub}}}",
            gives: [
                "f:2:65: error: access.sshKeys: expected a list of public keys, found \"keys/ops.pub\"; write [keys/ops.pub]"
            ]),
        SpecCase(
            "a user that is none",
            "instances: {a: {image: debian, flavor: small, access: {user: 'a b'}}}",
            gives: [
                "f:2:62: error: access.user: expected a user name, found \"a b\""
            ]),
        SpecCase(
            "user-data that is no map",
            "instances: {a: {image: debian, flavor: small, cloudInit: hello}}",
            gives: [
                "f:2:58: error: cloudInit: expected a map, found \"hello\"; write cloudInit: {file: hello}"
            ]),
        SpecCase(
            "a time without a unit",
            "instances: {a: {image: debian, flavor: small, ready: {when: running, timeout: 300}}}",
            gives: [
                "f:2:79: error: ready.timeout: expected a time such as 30s or 5m, found the number 300; add a unit, such as s or m"
            ]),
        SpecCase(
            "a time that is too long",
            "instances: {a: {image: debian, flavor: small, ready: {when: running, timeout: 48h}}}",
            gives: [
                "f:2:79: error: ready.timeout: expected a time above 0 and up to 24h, found 48h"
            ]),
        SpecCase(
            "an unknown readiness",
            "instances: {a: {image: debian, flavor: small, ready: console}}",
            gives: [
                "f:2:54: error: ready: expected one of running, address, ssh, agent, cloud-init, found \"console\""
            ]),
        SpecCase(
            "a role of an unknown kind",
            "instances: {a: {image: debian, flavor: small, roles: {x: {gitweb: {repo: 'https://example.org'}}}}}",
            gives: [
                "f:2:59: error: unknown key \"gitweb\" in a role; did you mean \"git-web\"?"
            ]),
        SpecCase(
            "a role without its repository",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {ref: main}}}}}",
            gives: [
                "f:2:68: error: roles.x.git-web: repo is missing; expected an address such as https://example.org/site.git, ssh://… , git://… or user@host:path"
            ]),
        SpecCase(
            "a ref with a space",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {repo: 'https://example.org/x.git', ref: 'a b'}}}}}",
            gives: [
                "f:2:109: error: roles.x.git-web.ref: expected a branch, tag or commit, found \"a b\"; it must not contain a space"
            ]),
        SpecCase(
            "a ref that begins with a dot",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {repo: 'https://example.org/x.git', ref: '.a'}}}}}",
            gives: [
                "f:2:109: error: roles.x.git-web.ref: expected a branch, tag or commit, found \".a\"; it may not begin with \".\""
            ]),
        SpecCase(
            "a ref that ends as git's locks do",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {repo: 'https://example.org/x.git', ref: 'a.lock'}}}}}",
            gives: [
                "f:2:109: error: roles.x.git-web.ref: expected a branch, tag or commit, found \"a.lock\"; it may not end with \".lock\""
            ]),
        SpecCase(
            "HEAD as a ref",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {repo: 'https://example.org/x.git', ref: 'HEAD'}}}}}",
            gives: [
                "f:2:109: error: roles.x.git-web.ref: expected a branch, tag or commit, found \"HEAD\"; use the name of the branch, since HEAD can change in the repository"
            ]),
        SpecCase(
            "a tag's ref in full",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {repo: 'https://example.org/x.git', ref: 'refs/tags/v1'}}}}}",
            gives: [
                "f:2:109: error: roles.x.git-web.ref: expected a branch, tag or commit, found \"refs/tags/v1\"; write it without refs/tags/"
            ]),
        SpecCase(
            "a branch's ref in full",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {repo: 'https://example.org/x.git', ref: 'refs/heads/x'}}}}}",
            gives: [
                "f:2:109: error: roles.x.git-web.ref: expected a branch, tag or commit, found \"refs/heads/x\"; write it without refs/heads/"
            ]),
        SpecCase(
            "a ref that is neither branch nor tag",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {repo: 'https://example.org/x.git', ref: 'refs/pull/1/head'}}}}}",
            gives: [
                "f:2:109: error: roles.x.git-web.ref: expected a branch, tag or commit, found \"refs/pull/1/head\"; use a branch, tag or commit"
            ]),
        SpecCase(
            "a path to be asked for with a character that is refused",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {repo: 'https://example.org/x.git', health: {path: '/a|b'}}}}}}",
            gives: [
                "f:2:119: error: roles.x.git-web.health.path: expected a path such as /health, found \"/a|b\"; it must not contain \"|\""
            ]),
        SpecCase(
            "a role with a path out of its repository",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {repo: 'https://example.org/x.git', path: ../..}}}}}",
            gives: [
                "f:2:110: error: roles.x.git-web.path: expected a path inside the repository, found \"../..\""
            ]),
        SpecCase(
            "repositories at IPv6 addresses",
            "instances: {a: {image: debian, flavor: small, networks: [front], roles: {x: {git-web: {repo: 'https://[fd00::5]:8443/x.git', port: 81}}, y: {git-web: {repo: 'git://[::ffff:10.0.0.1]/x.git', port: 82}}}}}",
            gives: []),
        SpecCase(
            "repositories whose brackets are no IPv6 address",
            "instances: {a: {image: debian, flavor: small, roles: {a: {git-web: {repo: 'https://[example]/x.git'}}, b: {git-web: {repo: 'git@[fd00::5:x.git'}}, c: {git-web: {repo: 'https://[fd00::5]x/y'}}, d: {git-web: {repo: 'https://example.org/[a]'}}}}}",
            gives: [
                "f:2:75: error: roles.a.git-web.repo: expected an address such as https://example.org/site.git, ssh://… , git://… or user@host:path, found \"https://[example]/x.git\"",
                "f:2:124: error: roles.b.git-web.repo: expected an address such as https://example.org/site.git, ssh://… , git://… or user@host:path, found \"git@[fd00::5:x.git\"",
                "f:2:168: error: roles.c.git-web.repo: expected an address such as https://example.org/site.git, ssh://… , git://… or user@host:path, found \"https://[fd00::5]x/y\"",
                "f:2:214: error: roles.d.git-web.repo: expected an address such as https://example.org/site.git, ssh://… , git://… or user@host:path, found \"https://example.org/[a]\"",
            ]),
        SpecCase(
            "a repository that would run a program",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {repo: 'ext::sh -c id'}}}}}",
            gives: [
                "f:2:75: error: roles.x.git-web.repo: expected an address such as https://example.org/site.git, ssh://… , git://… or user@host:path, found \"ext::sh -c id\"; it must not contain a space"
            ]),
        SpecCase(
            "a repository that is an option",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {repo: '--upload-pack=id'}}}}}",
            gives: [
                "f:2:75: error: roles.x.git-web.repo: expected an address such as https://example.org/site.git, ssh://… , git://… or user@host:path, found \"--upload-pack=id\"; it must not contain \"=\""
            ]),
        SpecCase(
            "a repository with a shell's characters",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {repo: 'https://example.org/$(id).git'}}}}}",
            gives: [
                "f:2:75: error: roles.x.git-web.repo: expected an address such as https://example.org/site.git, ssh://… , git://… or user@host:path, found \"https://example.org/$(id).git\"; it must not contain \"$\""
            ]),
        SpecCase(
            "a repository on this machine",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {repo: '/srv/site.git'}}}}}",
            gives: [
                "f:2:75: error: roles.x.git-web.repo: expected an address such as https://example.org/site.git, ssh://… , git://… or user@host:path, found \"/srv/site.git\""
            ]),
        SpecCase(
            "a repository whose host is an option",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {repo: 'ssh://-oProxyCommand=id/x'}}}}}",
            gives: [
                "f:2:75: error: roles.x.git-web.repo: expected an address such as https://example.org/site.git, ssh://… , git://… or user@host:path, found \"ssh://-oProxyCommand=id/x\"; it must not contain \"=\""
            ]),
        SpecCase(
            "a repository in git's short form whose host is an option",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {repo: 'a@-oProxyCommand=id:x'}}}}}",
            gives: [
                "f:2:75: error: roles.x.git-web.repo: expected an address such as https://example.org/site.git, ssh://… , git://… or user@host:path, found \"a@-oProxyCommand=id:x\"; it must not contain \"=\""
            ]),
        SpecCase(
            "a repository over plain http",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {repo: 'http://example.org/x.git'}}}}}",
            gives: [
                "f:2:75: error: roles.x.git-web.repo: expected an address such as https://example.org/site.git, ssh://… , git://… or user@host:path, found \"http://example.org/x.git\"; git's other transports, which run programs or are not encrypted, are not supported"
            ]),
        SpecCase(
            "a repository with a password",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {repo: 'https://me:secret@example.org/x.git'}}}}}",
            gives: [
                "f:2:75: error: roles.x.git-web.repo: a password must not be in the spec; set login: {password: {env: NAME}}"
            ]),
        SpecCase(
            "a repository with a token",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {repo: 'https://ghp_x@example.org/x.git'}}}}}",
            gives: [
                "f:2:75: error: roles.x.git-web.repo: a password must not be in the spec; set login: {password: {env: NAME}}"
            ]),
        SpecCase(
            "a ref that YAML takes for a number",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {repo: 'https://example.org/x.git', ref: 1.0}}}}}",
            gives: [
                "f:2:109: error: roles.x.git-web.ref: expected a branch, tag or commit, found the number 1.0; quote it: '1.0'"
            ]),
        SpecCase(
            "a role with an option as its ref",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {repo: 'https://example.org/x.git', ref: --upload-pack=x}}}}}",
            gives: [
                "f:2:109: error: roles.x.git-web.ref: expected a branch, tag or commit, found \"--upload-pack=x\"; it may not begin with \"-\""
            ]),
        SpecCase(
            "a repository with a line break",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {repo: \"https://example.org/x.git\\n--upload-pack=id\"}}}}}",
            gives: [
                "f:2:75: error: roles.x.git-web.repo: expected an address such as https://example.org/site.git, ssh://… , git://… or user@host:path, found \"https://example.org/x.git\\n--upload-pack=id\"; it must not contain \"\\n\""
            ]),
        SpecCase(
            "a repository with an escape sequence",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {repo: \"https://example.org/\\e[2Jx.git\"}}}}}",
            gives: [
                "f:2:75: error: roles.x.git-web.repo: expected an address such as https://example.org/site.git, ssh://… , git://… or user@host:path, found \"https://example.org/\\u{1B}[2Jx.git\"; it must not contain \"\\u{1B}\""
            ]),
        SpecCase(
            "a repository with a semicolon",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {repo: 'git://example.org/x.git;id'}}}}}",
            gives: [
                "f:2:75: error: roles.x.git-web.repo: expected an address such as https://example.org/site.git, ssh://… , git://… or user@host:path, found \"git://example.org/x.git;id\"; it must not contain \";\""
            ]),
        SpecCase(
            "a repository whose path would run a program",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {repo: 'a@example.org:ext::sh -c id'}}}}}",
            gives: [
                "f:2:75: error: roles.x.git-web.repo: expected an address such as https://example.org/site.git, ssh://… , git://… or user@host:path, found \"a@example.org:ext::sh -c id\"; it must not contain a space"
            ]),
        SpecCase(
            "a ref with a shell's characters",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {repo: 'https://example.org/x.git', ref: '$(id)'}}}}}",
            gives: [
                "f:2:109: error: roles.x.git-web.ref: expected a branch, tag or commit, found \"$(id)\"; it may not begin with \"$\""
            ]),
        SpecCase(
            "a ref with a line break",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {repo: 'https://example.org/x.git', ref: \"main\\n--upload-pack=x\"}}}}}",
            gives: [
                "f:2:109: error: roles.x.git-web.ref: expected a branch, tag or commit, found \"main\\n--upload-pack=x\"; it must not contain \"\\n\""
            ]),
        SpecCase(
            "a ref with an escape sequence",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {repo: 'https://example.org/x.git', ref: \"main\\e[31m\"}}}}}",
            gives: [
                "f:2:109: error: roles.x.git-web.ref: expected a branch, tag or commit, found \"main\\u{1B}[31m\"; it must not contain \"\\u{1B}\""
            ]),
        SpecCase(
            "a ref that is a range",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {repo: 'https://example.org/x.git', ref: main..other}}}}}",
            gives: [
                "f:2:109: error: roles.x.git-web.ref: expected a branch, tag or commit, found \"main..other\"; it may not hold \"..\""
            ]),
        SpecCase(
            "a ref that maps to another",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {repo: 'https://example.org/x.git', ref: 'main:refs/heads/x'}}}}}",
            gives: [
                "f:2:109: error: roles.x.git-web.ref: expected a branch, tag or commit, found \"main:refs/heads/x\"; it must not contain \":\""
            ]),
        SpecCase(
            "a path that is an option",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {repo: 'https://example.org/x.git', path: --help}}}}}",
            gives: [
                "f:2:110: error: roles.x.git-web.path: expected a path inside the repository, found \"--help\"; it may not begin with \"-\""
            ]),
        SpecCase(
            "a path with a shell's characters",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {repo: 'https://example.org/x.git', path: 'a;$(id)'}}}}}",
            gives: [
                "f:2:110: error: roles.x.git-web.path: expected a path inside the repository, found \"a;$(id)\"; it must not contain \";\""
            ]),
        SpecCase(
            "a path with a line break",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {repo: 'https://example.org/x.git', path: \"a\\nb\"}}}}}",
            gives: [
                "f:2:110: error: roles.x.git-web.path: expected a path inside the repository, found \"a\\nb\"; it must not contain \"\\n\""
            ]),
        SpecCase(
            "a path that would end a text of nginx",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {repo: 'https://example.org/x.git', path: 'a\"; root /;'}}}}}",
            gives: [
                "f:2:110: error: roles.x.git-web.path: expected a path inside the repository, found \"a\"; root /;\"; it must not contain \"\"\""
            ]),
        SpecCase(
            "a login whose user has a line break",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {repo: 'https://example.org/x.git', login: {user: \"a\\nb\", password: {env: X}}}}}}}",
            gives: [
                "f:2:118: error: roles.x.git-web.login.user: expected a user's name, found \"a\\nb\"; it must not contain \"\\n\""
            ]),
        SpecCase(
            "a login without its password",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {repo: 'https://example.org/x.git', login: {user: me}}}}}}",
            gives: [
                "f:2:111: error: roles.x.git-web.login: password is missing; expected {env: NAME}, {file: PATH} or {command: [PROGRAM, …]}"
            ]),
        SpecCase(
            "a login with its password written out",
            "instances: {a: {image: debian, flavor: small, roles: {x: {git-web: {repo: 'https://example.org/x.git', login: {password: hunter2}}}}}}",
            gives: [
                "f:2:122: error: roles.x.git-web.login.password: a secret must not be written in the spec itself; write {env: NAME}, {file: PATH} or {command: [PROGRAM, …]}"
            ]),
        SpecCase(
            "a mistake in a profile nobody uses",
            "profiles: {p: {memory: big}}",
            gives: [
                "f:2:24: error: memory: expected a size such as 512MiB, found \"big\""
            ]),
        SpecCase(
            "a profile that is only a part",
            "profiles: {p: {nics: {eth0: {address: 192.168.222.9}}, disks: {d: {pool: local}}}}",
            gives: []),
        SpecCase(
            "a count within a profile",
            "profiles: {p: {count: 2}}",
            gives: [
                "f:2:16: error: unknown key \"count\" in a profile; known keys are flavor, vcpus, memory, disk, pool, rootDisk, image, install, hardware, nics, networks, firewall, disks, node, placement, onMaintenance, power, autostart, protect, hostname, access, cloudInit, ready, roles, packages, provision, labels, rebootPolicy, onChange, imageChange, stop, rollout, renamedFrom, ignore, snapshotBefore"
            ]),
        SpecCase(
            "several mistakes at once",
            "instances: {a: {image: debian, flavor: small, memory: big, vcpus: -1, nod: kvm1, networks: [nope]}}",
            gives: [
                "f:2:55: error: memory: expected a size such as 512MiB, found \"big\"",
                "f:2:67: error: vcpus: expected a number of vCPUs from 1 to 1024, found the number -1",
                "f:2:71: error: unknown key \"nod\" in an instance; did you mean \"node\"?",
                "f:2:93: error: there is no network \"nope\"; there are front, lan",
            ]),
        SpecCase(
            "control characters in a value",
            "instances: {a: {image: debian, flavor: small, node: \"kvm\\e[31m\"}}",
            gives: [
                "f:2:53: error: node: \"kvm\\u{1B}[31m\" is not a valid name: use only a-z, 0-9 and -"
            ]),
        SpecCase(
            "a required key that is misspelt is not missing as well",
            "nodes: {x: {adress: h}}\ninstances: {a: {imaeg: debian, flavour: small}}",
            gives: [
                "f:2:13: error: unknown key \"adress\" in a node; did you mean \"address\"?",
                "f:3:17: error: unknown key \"imaeg\" in an instance; did you mean \"image\"?",
                "f:3:32: error: unknown key \"flavour\" in an instance; did you mean \"flavor\"?",
            ]),
        SpecCase(
            "a group with a wrong count is checked all the same",
            "instances: {a: {image: debain, flavor: small, count: -3, networks: [fornt], members: {2: {node: kvm1}}}}",
            gives: [
                "f:2:24: error: there is no image \"debain\"; did you mean \"debian\"?",
                "f:2:54: error: count: expected a count from 0 to 10000, found the number -3",
                "f:2:69: error: there is no network \"fornt\"; did you mean \"front\"?",
            ]),
        SpecCase(
            "a migration with a size for a rate, a wrong number and an unknown key",
            "migration: {bandwidth: 50MiB, perNode: 0, postcopy: true}",
            gives: [
                "f:2:24: error: migration.bandwidth: expected a rate such as 50MiB/s, found \"50MiB\"; write 50MiB/s",
                "f:2:40: error: migration.perNode: expected a number of migrations from 1 to 64, found the number 0",
                "f:2:43: error: unknown key \"postcopy\" in a migration; did you mean \"postCopy\"?",
            ]),
        SpecCase(
            "a migration slower than libvirt can count",
            "migration: {bandwidth: 500KiB/s}",
            gives: [
                "f:2:24: error: migration.bandwidth: expected a rate from 1MiB/s to 1TiB/s, found 500KiB/s"
            ]),
        SpecCase(
            "an image with a wrong checksum is not one without",
            "images: {x: {source: 'https://example.org/x.qcow2', checksum: 'sha256:abc'}}",
            gives: ["f:2:63: error: checksum: a sha256 checksum has 64 hexadecimal digits, found 3"]),
    ]
}
