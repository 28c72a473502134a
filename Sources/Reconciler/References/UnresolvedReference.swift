/// Why it is not known what a reference of a role stands for.
struct UnresolvedReference: Error {
    /// In words, after what is left unchanged because of it.
    let reason: String
    /// Where the reference stands below the role.
    let key: String
    /// Whether a person has to see to it; else the next plan may know more.
    var isRefused = false
    /// What that person is to do; nil where it is enough that somebody answers.
    var remedy: String?
}
