/// How an instance's system gets onto its empty root disk: an installer boots once, from a CD.
package struct Installation: Sendable, Hashable {
    /// How it is known that the installer has ended.
    package enum End: String, Sendable, Hashable, CaseIterable {
        /// It powers the machine off.
        case poweroff
        /// It reboots the machine.
        case reboot
        /// The system that it installed answers by the guest agent.
        case agent
    }

    /// The image of the CD; the instance has no other.
    package var iso: Name
    /// A file on this machine with the answers to the installer's questions, which it finds on a second CD.
    package var answers: String?
    package var until = End.poweroff
    package var timeout: Duration = .seconds(3600)

    package init(iso: Name) {
        self.iso = iso
    }

    /// The volume and the file by which installers look for answers, by what the file is called here.
    ///
    /// Sources: Anaconda's guide (a volume OEMDRV with ks.cfg), AutoYaST's (OEMDRV with autoinst.xml), Ubuntu's autoinstall
    /// (cloud-init's NoCloud: cidata with user-data and meta-data), Windows Setup's documentation (autounattend.xml in the
    /// root of any removable medium). Any other file keeps its name.
    package var disc: (volume: String, file: String)? {
        guard let name = answers?.split(separator: "/").last.map(String.init) else { return nil }
        let lower = name.lowercased()
        if lower.hasSuffix(".ks") || lower == "ks.cfg" { return ("OEMDRV", "ks.cfg") }
        if lower == "autoinst.xml" { return ("OEMDRV", "autoinst.xml") }
        if lower == "user-data" || lower.hasSuffix(".yaml") || lower.hasSuffix(".yml") {
            return ("cidata", "user-data")
        }
        if lower == "autounattend.xml" { return ("ANSWERS", "autounattend.xml") }
        return ("ANSWERS", name)
    }
}
