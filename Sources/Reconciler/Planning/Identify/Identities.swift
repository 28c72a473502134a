import Spec

/// What wanted instances are known by in their networks.
struct Identities {
    /// MAC and address of every NIC of every wanted instance.
    var nics: [Name: [Name: DomainMark.NIC]] = [:]
    /// Deletions that an instance waits for because its spec takes over a MAC or address.
    var waits: [Name: [StepID]] = [:]
    /// What is there, without those that are refused.
    var existing: [Instance] = []
    /// What is made, without those that are refused.
    var missing: [Instance] = []
    /// Instances that get no identity, with the reason among the findings.
    var excluded: Set<Name> = []
    var findings = Findings()
}
