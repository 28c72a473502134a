import Foundation

extension GuestAgent {
    /// How much of a file is written at once: the agent hangs on much larger messages.
    private static let piece = 48 << 10

    /// Writes a file into the guest, in pieces; false where the agent does not take files.
    ///
    /// The file has its name from the first piece on: whoever reads it is told when all of it is there.
    func write(
        _ path: String, size: Int, progress: (Int) -> Void = { _ in }, _ read: (_ offset: Int) async throws -> [UInt8]
    ) async throws -> Bool {
        let opened = try await ask("guest-file-open", ["path": path, "mode": "w"], timeout: .seconds(10))
        guard let opened, let handle = try? JSONDecoder().decode(Number.self, from: opened).return else { return false }
        var offset = 0
        var isWhole = true
        while offset < size, isWhole {
            let bytes = try await read(offset)
            guard !bytes.isEmpty else {
                isWhole = false
                break
            }
            for start in stride(from: 0, to: bytes.count, by: Self.piece) {
                let part = Data(bytes[start..<min(start + Self.piece, bytes.count)])
                let arguments: [String: any Sendable] = ["handle": handle, "buf-b64": part.base64EncodedString()]
                guard try await ask("guest-file-write", arguments, timeout: .seconds(30)) != nil else {
                    isWhole = false
                    break
                }
            }
            offset += bytes.count
            progress(offset)
        }
        let closed = try await ask("guest-file-close", ["handle": handle], timeout: .seconds(30)) != nil
        return isWhole && closed
    }

    private struct Number: Decodable {
        let `return`: Int
    }
}
