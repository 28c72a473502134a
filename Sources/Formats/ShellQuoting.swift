/// Quotes arguments for a POSIX shell.
///
/// sshd hands a command to the user's shell as one string, so everything that goes into it passes through here. It is
/// the only place in the project that makes shell text.
package enum ShellQuoting {
    /// One argument as shell text that yields exactly this argument again.
    ///
    /// Plain words stay readable. A NUL cannot be part of an argument on any system: callers refuse it before
    /// (`isPossible`).
    package static func quote(_ argument: String) -> String {
        !argument.isEmpty && argument.utf8.allSatisfy(isPlain) ? argument : singleQuoted(argument)
    }

    /// The same, in quotes also where the argument needs none.
    ///
    /// In single quotes nothing has a meaning except the single quote itself.
    package static func singleQuoted(_ argument: String) -> String {
        var quoted = "'"
        for scalar in argument.unicodeScalars {
            if scalar == "'" { quoted += "'\\''" } else { quoted.unicodeScalars.append(scalar) }
        }
        return quoted + "'"
    }

    /// A whole command line: each argument quoted, separated by spaces.
    package static func command(_ arguments: [String]) -> String {
        arguments.map(quote).joined(separator: " ")
    }

    /// Whether a text can be an argument at all: it holds no NUL.
    package static func isPossible(_ argument: String) -> Bool {
        !argument.utf8.contains(0)
    }

    /// Characters without a meaning anywhere in a word; `=` and `~` are left out since they have one at its start.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: ":"),
            UInt8(ascii: ","), UInt8(ascii: "@"), UInt8(ascii: "+"):
            true
        default:
            false
        }
    }
}
