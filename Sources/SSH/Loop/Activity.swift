/// One thing a session's loop is busy with: a command, a forwarded connection, a listening socket.
///
/// All calls come from the session's thread, and none of them waits.
protocol Activity: AnyObject {
    /// Says what the next turn should wait for.
    func prepare(_ interest: inout Interest)
    /// Does what can be done now; true when there is nothing left to do.
    func advance(_ loop: SessionLoop, _ interest: Interest) -> Bool
    /// Ends at once, since the session ends: whoever waits is told this error.
    func abandon(_ error: SSHError)
}
