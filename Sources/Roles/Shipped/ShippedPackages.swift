// Made by .ci/embed-packages from roles/: edit the files there, and run `make scripts`.
// swift-format-ignore-file

package import Spec

/// The role packages that come with kvmctl.
package enum ShippedPackages {
    /// Their files.
    package static let sources: [PackageSource] = [
    ]
}
