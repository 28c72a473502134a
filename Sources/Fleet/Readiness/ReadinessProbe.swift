/// What one look at a guest that is being waited for found.
enum ReadinessProbe: Sendable, Equatable {
    case ready
    /// What is missing, such as `10.77.0.150 does not answer`.
    case missing(String)
    /// It will not become ready: why.
    case failed(String)
}
