use super::marker::MarkerVariable;

/// The variables that markers ask for, as one Python on one machine gives them.
///
/// PEP 508, "Environment markers". An empty text is what `packaging` has where the value cannot
/// be determined; a comparison as a version is then false.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Environment {
    /// `sys.implementation.name`: `cpython`.
    pub implementation_name: String,
    /// `sys.implementation.version`: `3.12.7`.
    pub implementation_version: String,
    /// `os.name`: `posix`, `nt`.
    pub os_name: String,
    /// `platform.machine()`: `x86_64`, `aarch64`, `arm64`, `AMD64`.
    pub platform_machine: String,
    /// `platform.python_implementation()`: `CPython`.
    pub platform_python_implementation: String,
    /// `platform.release()`, the kernel's: `6.8.0`.
    pub platform_release: String,
    /// `platform.system()`: `Linux`, `Darwin`, `Windows`.
    pub platform_system: String,
    /// `platform.version()`, the kernel's build.
    pub platform_version: String,
    /// `platform.python_version()`: `3.12.7`.
    pub python_full_version: String,
    /// Major and minor: `3.12`.
    pub python_version: String,
    /// `sys.platform`: `linux`, `darwin`, `win32`.
    pub sys_platform: String,
}

impl Environment {
    /// A variable's value; `None` for `extra`, `extras` and `dependency_groups`, which depend
    /// on who asks and not on the machine.
    #[must_use]
    pub fn get(&self, variable: MarkerVariable) -> Option<&str> {
        Some(match variable {
            MarkerVariable::ImplementationName => &self.implementation_name,
            MarkerVariable::ImplementationVersion => &self.implementation_version,
            MarkerVariable::OsName => &self.os_name,
            MarkerVariable::PlatformMachine => &self.platform_machine,
            MarkerVariable::PlatformPythonImplementation => &self.platform_python_implementation,
            MarkerVariable::PlatformRelease => &self.platform_release,
            MarkerVariable::PlatformSystem => &self.platform_system,
            MarkerVariable::PlatformVersion => &self.platform_version,
            MarkerVariable::PythonFullVersion => &self.python_full_version,
            MarkerVariable::PythonVersion => &self.python_version,
            MarkerVariable::SysPlatform => &self.sys_platform,
            MarkerVariable::Extra | MarkerVariable::Extras | MarkerVariable::DependencyGroups => return None,
        })
    }
}
