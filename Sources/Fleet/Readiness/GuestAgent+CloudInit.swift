import Foundation
import Libvirt

extension GuestAgent {
    /// Whether cloud-init has ended in the guest, and whether it ended well.
    ///
    /// It writes its result file when it ends, in a folder that is empty at each boot. The file is read by running `cat`,
    /// since the agent's own reading of files cannot tell a missing file from a forbidden one.
    func probeCloudInit() async throws -> ReadinessProbe {
        guard case .ready = try await probe() else { return .missing("its guest agent does not answer") }
        let started = try await ask(
            "guest-exec",
            ["path": "/bin/cat", "arg": ["/run/cloud-init/result.json"], "capture-output": true])
        guard let started, let pid = ExecStarted(started).pid else {
            return .missing("its guest agent does not run commands, so cloud-init cannot be asked; use ready: agent")
        }
        for _ in 0..<20 {
            guard let reply = try await ask("guest-exec-status", ["pid": pid]) else { break }
            let status = ExecStatus(reply)
            guard status.hasExited else {
                try await Task.sleep(for: .milliseconds(200))
                continue
            }
            return CloudInitResult.probe(status.output)
        }
        return .missing("cloud-init does not answer yet")
    }
}

/// The reply to `guest-exec`.
private struct ExecStarted {
    let pid: Int?

    init(_ reply: Data) {
        struct Reply: Decodable {
            struct Started: Decodable { let pid: Int }
            let `return`: Started
        }
        pid = try? JSONDecoder().decode(Reply.self, from: reply).return.pid
    }
}

/// The reply to `guest-exec-status`.
private struct ExecStatus {
    var hasExited = false
    var output = Data()

    init(_ reply: Data) {
        struct Reply: Decodable {
            struct Status: Decodable {
                let exited: Bool
                let output: String?

                enum CodingKeys: String, CodingKey {
                    case exited
                    case output = "out-data"
                }
            }
            let `return`: Status
        }
        guard let status = try? JSONDecoder().decode(Reply.self, from: reply).return else { return }
        hasExited = status.exited
        output = status.output.flatMap { Data(base64Encoded: $0) } ?? Data()
    }
}

/// What cloud-init writes when it has ended.
enum CloudInitResult {
    /// Reads `/run/cloud-init/result.json`; nothing means that it has not ended.
    static func probe(_ file: Data) -> ReadinessProbe {
        struct File: Decodable {
            struct Version: Decodable { let errors: [String]? }
            let v1: Version
        }
        guard let result = try? JSONDecoder().decode(File.self, from: file) else {
            return .missing("cloud-init has not finished")
        }
        let errors = (result.v1.errors ?? []).map { PlainText.line($0) }
        return errors.isEmpty ? .ready : .failed("cloud-init finished with errors: \(errors.joined(separator: "; "))")
    }
}
