import YAML

extension InstanceField {
    static let install = InstanceField(
        "install", .installation, \.installation,
        "An installer that boots once from a CD and puts a system onto the empty root disk; in place of `image`.",
        unset: "none", example: "{iso: alma-cd, answers: answers.ks, until: reboot}", effect: .policy,
        traits: Traits(isOfMadeOnly: true, rules: [.installationsAreClear]))
}

/// The keys of an installation.
enum InstallationKeys {
    static let iso = Key(
        "iso", Kind<Name>.name, "The image of the CD, one of `images`.", example: "alma-cd")
    static let answers = Key(
        "answers", Kind<String>.path,
        "A file with the answers to the installer's questions, on a second CD: `*.ks` as `ks.cfg` and `autoinst.xml` in a "
            + "volume OEMDRV, `user-data` and `*.yaml` as `user-data` in a volume cidata, others by their names.",
        unset: "none", example: "answers.ks")
    static let until = Key(
        "until", Kind<Installation.End>.choice,
        "How its end is known: the installer powers the machine off, or reboots it, or the new system's agent answers.",
        unset: "`poweroff`", example: "reboot")
    static let timeout = Key(
        "timeout", Kind<Duration>.duration,
        "The time that one apply waits for it; then the machine is stopped, and the next apply begins with an empty disk.",
        unset: "`1h`", example: "2h")
    static let table = Table("an installation", [iso, answers, until, timeout], required: [iso], principal: iso)
}

extension Kind where Value == Installation {
    /// An installation.
    static var installation: Kind {
        .object(
            InstallationKeys.table,
            { installation in
                let usual = Installation(iso: installation.iso)
                return [
                    InstallationKeys.iso.written(installation.iso),
                    InstallationKeys.answers.written(installation.answers),
                    InstallationKeys.until.written(installation.until == usual.until ? nil : installation.until),
                    InstallationKeys.timeout.written(
                        installation.timeout == usual.timeout ? nil : installation.timeout),
                ]
            },
            { reader in
                guard let iso = reader.required(InstallationKeys.iso) else { return nil }
                var installation = Installation(iso: iso)
                installation.answers = reader.optional(InstallationKeys.answers)
                if let until = reader.optional(InstallationKeys.until) { installation.until = until }
                if let timeout = reader.optional(InstallationKeys.timeout) { installation.timeout = timeout }
                return installation
            })
    }
}

extension Rule {
    /// An installer's CD is an image that there is and that no root disk is made from, and nothing else says what is installed.
    static let installationsAreClear = Rule(needsEverything: true) { cluster in
        let images = Suggestions(cluster.images.keys.map(\.text), noun: "image")
        let discs = Dictionary(
            cluster.orderedInstances.compactMap { instance in instance.installation.map { ($0.iso, instance) } }
        ) { first, _ in first }
        return cluster.orderedInstances.flatMap { instance -> [Diagnostic] in
            guard let installation = instance.installation else {
                guard let other = discs[instance.image], let place = instance.positions["image"] else { return [] }
                return [
                    Diagnostic(
                        at: place,
                        "the image \"\(instance.image)\" is the CD from which \"\(other.name)\" is installed, and no disk",
                        remedy: "write install: {iso: \(instance.image)} here as well, or name another image")
                ]
            }
            let place = instance.positions["install"] ?? instance.position
            var found: [Diagnostic] = []
            if cluster.images[installation.iso] == nil {
                found.append(
                    Diagnostic(
                        at: place, "there is no image \"\(installation.iso)\"",
                        remedy: images.remedy(for: installation.iso.text)))
            }
            if let disc = cluster.images[installation.iso], disc.customization != nil {
                found.append(
                    Diagnostic(
                        at: disc.positions["customize"] ?? disc.position,
                        "the image \"\(disc.name)\" is the CD from which \"\(instance.name)\" is installed, and only disks can "
                            + "be customized", remedy: "take customize out"))
            }
            if let place = instance.positions["image"], instance.image != installation.iso {
                found.append(
                    Diagnostic(
                        at: place, "an instance that is installed from a CD has no image",
                        remedy: "remove image:, also from its profiles, or remove install:"))
            }
            if instance.changes.image == .replace, let place = instance.positions["imageChange"] {
                found.append(
                    Diagnostic(
                        at: place, "an instance that is installed from a CD is not installed again for another CD",
                        remedy: "remove imageChange; to install it anew, remove the instance, apply, and add it again"))
            }
            return found
        }
    }
}
