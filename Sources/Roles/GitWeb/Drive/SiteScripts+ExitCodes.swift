/// How the scripts end that somebody is to be told more about.
extension SiteScripts {
    /// Exit code: nginx does not take the configuration or the certificate, and nothing was changed.
    static let badConfiguration = 7
    /// Exit code: something else in the guest listens on the port, and nothing was changed.
    static let portTaken = 8
    /// Exit code: the unit of the website does not run.
    static let notRunning = 9
}
