package import YAML

/// A place in a spec file, which everything that was read from one carries.
package typealias Position = YAML.Position
