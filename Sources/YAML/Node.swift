/// A value of a YAML document with the place it was read at.
package struct Node: Sendable, Equatable {}
