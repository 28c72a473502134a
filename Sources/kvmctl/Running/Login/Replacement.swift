import Engine
import Glibc
import SSH

/// Another program in the place of this process: it has the terminal, the signals and the exit code.
enum Replacement {
    /// Starts a program by its name or path; returns only if that failed, with the reason.
    static func run(_ words: [String]) -> FileError {
        guard let program = words.first else { return FileError("there is no program to run") }
        Interruption.restoreDefaults()
        DescriptorLimit.restore()
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        execvp(program, arguments)
        return FileError.last
    }

    /// The path of this program.
    static var ownPath: String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        guard count > 0 else { return CommandLine.arguments.first ?? "kvmctl" }
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
