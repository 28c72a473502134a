import Foundation
import Testing

/// A CD with an installer of one sector that really writes a system of one sector, which takes a second.
enum InstallerDisc {
    /// What an installer does when it has written the system.
    enum End: String {
        case poweroff, reboot, hang

        /// Its boot sector.
        ///
        /// It says `the installer runs` on the serial port, writes its second sector to the first sector of the first
        /// disk by the BIOS (int 13h, function 43h), and ends. The BIOS powers off by APM (int 15h, 5307h), and the
        /// keyboard's controller reboots (port 64h, feh).
        var sector: String {
            switch self {
            case .poweroff:
                "fa31c08ed88ec08ed0bc007cfbfcbe517ce83100be807cb80043b280cd13721cb8015331dbcd15b80e5331dbb90201cd15b80753"
                    + "bb0100b90300cd15be667ce80300f4ebfdbaf803ac84c07403eeebf8c374686520696e7374616c6c65722072756e730d0a"
                    + "0074686520696e7374616c6c6572206661696c65640d0a008d740010000100007e"
            case .reboot:
                "fa31c08ed88ec08ed0bc007cfbfcbe3c7ce81c00be687cb80043b280cd137207b0fee664f4ebfdbe517ce80300f4ebfdbaf803ac"
                    + "84c07403eeebf8c374686520696e7374616c6c65722072756e730d0a0074686520696e7374616c6c6572206661696c6564"
                    + "0d0a0010000100007e"
            case .hang:
                "fa31c08ed88ec08ed0bc007cfbfcbe387ce81800be647cb80043b280cd137203f4ebfdbe4d7ce80300f4ebfdbaf803ac84c07403"
                    + "eeebf8c374686520696e7374616c6c65722072756e730d0a0074686520696e7374616c6c6572206661696c65640d0a0010"
                    + "000100007e"
            }
        }
    }

    /// The system: it says `the installed system runs` on the serial port.
    private static let system =
        "fa31c08ed8be177cfcbaf803ac84c07403eeebf8f4ebfd74686520696e7374616c6c65642073797374656d2072756e730d0a"

    private static func bytes(_ hexadecimal: String, count: Int) -> [UInt8] {
        let digits = Array(hexadecimal)
        var bytes = stride(from: 0, to: digits.count, by: 2).compactMap { place in
            UInt8(String(digits[place..<(place + 2)]), radix: 16)
        }
        bytes += Array(repeating: 0, count: count - 2 - bytes.count) + [0x55, 0xAA]
        return bytes
    }

    /// The path of its image.
    static func make(_ end: End, in folder: URL) async throws -> String {
        let content = folder.appending(path: end.rawValue)
        try FileManager.default.createDirectory(at: content, withIntermediateDirectories: true)
        let boot = Self.bytes(end.sector, count: 512) + Self.bytes(Self.system, count: 512)
        try Data(boot + Array(repeating: 0, count: 1024)).write(to: content.appending(path: "boot.bin"))
        let path = folder.appending(path: "\(end.rawValue).iso").path
        try await Program.run(
            "/usr/bin/xorriso",
            [
                "-as", "mkisofs", "-quiet", "-o", path, "-V", "INSTALLER", "-b", "boot.bin", "-no-emul-boot",
                "-boot-load-size", "4", content.path,
            ]
        ).expecting()
        return path
    }
}
