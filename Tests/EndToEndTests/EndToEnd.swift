import Testing

/// Real nodes, real guests: everything here runs one after the other, since two cores boot two guests at most.
@Suite("End to end", .serialized) enum EndToEnd {}
