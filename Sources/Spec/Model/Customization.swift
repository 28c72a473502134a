/// What is done to an image before root disks stand on it: for images without cloud-init.
package struct Customization: Sendable, Hashable {
    package var rootPassword: Secret?
    /// Root's.
    package var sshKeys: [Access.Key] = []
    package var hostname: HostName?
    /// Those of the image's own package manager.
    package var packages: [String] = []
    /// Lines for the image's own shell, one after another, as root.
    package var run: [String] = []

    package init() {}
}
