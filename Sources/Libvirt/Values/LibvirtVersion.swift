/// A version as libvirt counts them.
package struct LibvirtVersion: Comparable, Sendable, CustomStringConvertible {
    package let major: Int
    package let minor: Int
    package let release: Int

    package init(major: Int, minor: Int, release: Int) {
        self.major = major
        self.minor = minor
        self.release = release
    }

    /// Takes a version apart from libvirt's single number.
    init(number: UInt) {
        major = Int(number / 1_000_000)
        minor = Int(number / 1000 % 1000)
        release = Int(number % 1000)
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.major, left.minor, left.release) < (right.major, right.minor, right.release)
    }

    package var description: String { "\(major).\(minor).\(release)" }
}
