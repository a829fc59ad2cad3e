import Testing

/// A part of the built-in suites, for tests that run or list all cases. A debug build takes a second to load the whole,
/// and another for each hundred cases that it runs.
enum PartOfTheSuites {
    /// A folder next to the built program. Each test run creates it once. Nil means that it could not be created.
    static let folder: String? = {
        let folder = Shell.products + "/suites-in-part"
        let made = try? Shell.run(
            """
            rm -rf '\(folder)'; mkdir -p '\(folder)' && cd '\(folder)' && mkdir -p nano/scenarios rightmesh/scenarios || exit
            for part in nano/[!s] nano/suite nano/scenarios/nano.client.[f-r] nano/scenarios/nano.handshake.[fikorsvw] \
                nano/scenarios/nano.header.[du] rightmesh/[!s] rightmesh/suite rightmesh/scenarios/f rightmesh/scenarios/rightmesh.rm.0 rightmesh/scenarios/rightmesh.rm.11; do
                ln -s '\(Shell.package)'/Spec/$part* ${part%/*}/ || exit
            done
            """)
        return made?.status == 0 ? folder : nil
    }()
    /// Runs a command line with this part.
    static func run(_ line: String, variables: String = "LC_ALL=C.UTF-8") throws -> Shell.Outcome {
        try Shell.run(line, variables: "\(variables) MESHSPEC_SPEC='\(try #require(folder))'")
    }
}
