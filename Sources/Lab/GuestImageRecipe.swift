/// How the lab's guest image is made: a shell script, and a name that changes with it.
///
/// Debian 12 with cloud-init, sshd, the guest agent, nginx, git and two firewalls that sleep, from packages alone;
/// trimmed to be at its login prompt soon although everything in it is emulated.
package enum GuestImageRecipe {
    /// The file name of the image that this recipe makes.
    package static var fileName: String {
        "debian-12-\(hexadecimal(stableHash(LabScripts.buildGuestImage), digits: 16)).qcow2"
    }
}
