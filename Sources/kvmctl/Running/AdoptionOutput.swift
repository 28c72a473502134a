import Engine

/// Writes the YAML of a domain that is adopted to a new file or to standard output.
struct AdoptionOutput: AdoptionWriter {
    /// Nil for standard output.
    let file: String?
    /// The domain as it was named.
    let domain: String
    let context: RunContext

    func text(of adopted: AdoptedDomain) -> String { AdoptedDomainView(adopted: adopted).text }

    func keep(_ text: String, of adopted: AdoptedDomain) async throws(RunFailure) {
        for omission in adopted.omissions { context.say(Line("note: \(omission)")) }
        guard let file else {
            context.surroundings.output(text)
            guard let loss = await context.surroundings.finishOutput() else { return }
            throw RunFailure(
                "The YAML of \(domain) cannot be written to standard output: \(loss.reason).",
                remedy: "Nothing was changed. Free some space, or name a new file with --write.")
        }
        do throws(FileError) {
            try FileAccess.create(FileAccess.expanded(file, home: context.surroundings.home), text)
        } catch {
            throw RunFailure(
                "\(file) cannot be written: \(error.reason).", remedy: "Nothing was changed. Name a new file.", .usage)
        }
    }
}
