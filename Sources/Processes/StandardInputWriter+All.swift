package import Subprocess

extension StandardInputWriter {
    /// Writes everything and closes the input; a program that ends without reading all of it is no error here.
    ///
    /// Input that Subprocess is handed as a value ends the whole process where its program does not read it: the
    /// descriptor stays open after the failed write, and Subprocess insists that it must not.
    package func giveAll(_ bytes: [UInt8]) async {
        if !bytes.isEmpty { _ = try? await write(bytes) }
        try? await finish()
    }
}
