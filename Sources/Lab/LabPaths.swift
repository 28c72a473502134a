/// Where a lab keeps what it makes: the layout of its state folder.
package struct LabPaths: Sendable, Equatable {
    /// The state folder, absolute and without symbolic links.
    package let state: String

    package init(state: String) {
        self.state = state
    }

    package var record: String { state + "/lab.json" }
    package var keys: String { state + "/keys" }
    package var nodeKey: String { keys + "/id_ed25519" }
    package var guestKey: String { keys + "/guest" }
    package var knownHosts: String { state + "/known_hosts" }
    package var sshConfiguration: String { state + "/ssh_config" }
    package var sshCommand: String { state + "/ssh" }
    package var variables: String { state + "/vars.yaml" }
    package var images: String { state + "/images" }
    package var guestImage: String { guestImage(.plain) }
    package var shared: String { state + "/shared" }
    package var nodes: String { state + "/nodes" }

    /// Everything that a lab ever puts into its state folder: what `down` may remove, and nothing else.
    package var everything: [String] {
        [record, keys, knownHosts, sshConfiguration, sshCommand, variables, images, shared, nodes]
    }

    /// The image that a recipe makes.
    package func guestImage(_ recipe: GuestImageRecipe) -> String { "\(images)/\(recipe.linkedName)" }

    /// A node's folder, which is its disk.
    package func node(_ name: String) -> String { "\(nodes)/\(name)" }

    /// The script that is a node's first process.
    package func startScript(ofNode name: String) -> String { node(name) + "/init.sh" }

    /// What the first process of a node said while it started.
    package func startLog(ofNode name: String) -> String { node(name) + "/var/log/init.log" }
}
