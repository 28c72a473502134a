import ArgumentParser
import Lab
import Roles
import Spec

/// `kvmctl lab image`.
struct LabImageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "image",
        abstract: "Builds the guest image from Debian packages and prints its path.",
        discussion: """
            The image is Debian 12, or with --debian 13 that release, with cloud-init, sshd, the guest agent, nginx and git.
            It is built once per machine, from the apt sources of this machine, and kept in /var/cache/kvmctl-lab.

            With --with it also has the packages of shipped roles, which are then installed in no time; their services do
            not start by themselves.

            Example: sudo kvmctl lab image
                     sudo kvmctl lab image --with load-balancer,static-web
                     sudo kvmctl lab image --debian 13
            """)

    @Option(
        name: .customLong("with"),
        help: ArgumentHelp("The shipped roles whose packages it has; may be repeated.", valueName: "role,…"))
    var with: [String] = []

    @Option(help: ArgumentHelp("The release of Debian: 12 or 13.", valueName: "release"))
    var debian = GuestImageRecipe.Release.bookworm

    @Flag(help: "Rebuild an existing image, for newer packages.")
    var rebuild = false

    @OptionGroup var options: LabOptions

    func validate() throws { _ = try recipe }

    /// What the options say.
    private var recipe: GuestImageRecipe {
        get throws {
            let shipped = ShippedPackages.all
            var sets: [String: [String]] = [:]
            for word in with.flatMap({ $0.split(separator: ",").map(String.init) }) {
                guard let role = shipped.first(where: { $0.name.text == word }) else {
                    let names = shipped.map(\.name.text).sorted()
                    let near = NearMiss.of(word, in: names).map { "did you mean \($0)?" }
                    throw ValidationError(
                        "--with \(word): there is no such role; "
                            + (near ?? "the shipped roles are \(names.joined(separator: ", "))"))
                }
                sets[word] = role.packages?[.debian] ?? []
            }
            return GuestImageRecipe(debian, with: sets)
        }
    }

    func run() async throws {
        try await LabOptions.reporting {
            LabOptions.tell(try await options.lab.image(recipe, again: rebuild))
        }
    }
}

extension GuestImageRecipe.Release: ExpressibleByArgument {}
