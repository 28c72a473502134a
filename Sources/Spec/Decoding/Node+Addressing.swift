import YAML

extension Kind where Value == Node.Address {
    /// A host to reach by ssh, or `local`.
    static var nodeAddress: Kind {
        Kind<String>.word(
            "a host name or address, or local", pattern: "^[A-Za-z0-9._:%-]+$", limit: 255,
            instead: HostText.keysOfNode
        ) {
            $0.isAlphanumeric || "._:%-".unicodeScalars.contains($0)
        }.map({ $0 == "local" ? .local : .host($0) }) { address in
            switch address {
            case .local: "local"
            case .host(let host): host
            }
        }
    }
}

extension Kind where Value == String {
    /// A user's login name.
    static var userName: Kind {
        .word("a user name", pattern: "^[A-Za-z_][A-Za-z0-9_.-]*$", limit: 32) {
            $0.isAlphanumeric || "_.-".unicodeScalars.contains($0)
        }
    }

    /// A host to jump through, as ssh's `-J` takes it.
    static var jump: Kind {
        .word(
            "a host such as bastion.example.org or user@host:22", pattern: "^[A-Za-z0-9._:%@\\[\\]-]+$", limit: 300,
            instead: HostText.jump
        ) {
            $0.isAlphanumeric || "._:%@[]-".unicodeScalars.contains($0)
        }
    }

    /// The SHA-256 fingerprint of a host key, as `ssh-keygen -l` prints it.
    static var hostKey: Kind {
        .parsed("a fingerprint such as SHA256:…", pattern: "^SHA256:[A-Za-z0-9+/]{43}$") { text throws(Complaint) in
            let digest = text.dropFirst("SHA256:".count).unicodeScalars
            guard text.hasPrefix("SHA256:") else { throw Complaint(remedy: "ssh-keygen -l -f FILE prints it") }
            guard digest.count == 43, digest.allSatisfy({ $0.isAlphanumeric || $0 == "+" || $0 == "/" }) else {
                throw Complaint(message: "a SHA256 fingerprint has 43 base64 characters, found \(digest.count)")
            }
            return text
        }
    }
}
