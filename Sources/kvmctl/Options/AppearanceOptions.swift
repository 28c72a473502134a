import ArgumentParser

/// How output looks.
struct AppearanceOptions: ParsableArguments {
    @Flag(name: .customLong("no-color"), help: "No colours; NO_COLOR in the environment does the same.")
    var refusesColour = false
}
