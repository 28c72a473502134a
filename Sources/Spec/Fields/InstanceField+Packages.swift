/// How an instance's roles get their system packages.
extension InstanceField {
    static let packages = InstanceField(
        "packages", "a source of packages", [packagesDeliver, packagesMirror], principal: packagesDeliver,
        "How system packages of its roles come into its guest.", unset: "the guest fetches them from its own servers",
        example: "{deliver: true}")

    static let packagesDeliver = InstanceField(
        "packages.deliver", .boolean, \.packages.isDelivered,
        "Whether this machine fetches them and puts them into the guest, which then needs no internet. This takes apt here and "
            + "a guest with Debian or Ubuntu.", example: "true", effect: .policy)

    static let packagesMirror = InstanceField(
        "packages.mirror", .webAddress, \.packages.mirror,
        "The server that this machine fetches them from, with the folders `debian` and `debian-security`, or `ubuntu`, below it.",
        unset: "the distribution's own", example: "http://mirror.example.org", effect: .policy)
}
