//! Failing functions and broken packages: each ends in an error with a reason.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use local::lambda::Package;
use local::lambda::Runtime::{Node22, Node24};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::lambda::{Function, faulty, package_with};

fn function(folder: TempDir) -> Function {
    Function::start("viewer-request", Node24, Package::of(folder).unwrap())
}

#[tokio::test]
#[ignore = "needs the packages and AWS's emulator"]
async fn after_a_panic_the_same_process_continues() {
    let function = function(package_with(Some(&faulty())));
    assert_eq!(function.invoke(&json!({})).await.unwrap()["served"], 1);
    let error = function.invoke(&json!({ "do": "panic" })).await.unwrap_err();
    assert!(error.contains("a handler that panics"), "{error}");
    assert_eq!(function.invoke(&json!({})).await.unwrap()["served"], 3);
}

#[tokio::test]
#[ignore = "needs the packages and AWS's emulator"]
async fn after_an_exit_a_new_process_serves() {
    let function = function(package_with(Some(&faulty())));
    assert_eq!(function.invoke(&json!({})).await.unwrap()["served"], 1);
    function.invoke(&json!({ "do": "exit" })).await.unwrap_err();
    function.logged("exit status 3").await;
    assert_eq!(function.invoke(&json!({})).await.unwrap()["served"], 1);
}

#[tokio::test]
#[ignore = "needs the packages and AWS's emulator"]
async fn a_timeout_is_killed_and_a_new_process_serves() {
    for is_spawned in [false, true] {
        let folder = package_with(Some(&faulty()));
        if is_spawned {
            fs::write(folder.path().join("spawn"), "").unwrap();
        }
        let function = function(folder);
        let error = function.invoke(&json!({ "do": "sleep" })).await.unwrap_err();
        assert!(error.contains("timed out after 5.00 seconds"), "{error}");
        assert_eq!(function.invoke(&json!({})).await.unwrap()["served"], 1);
    }
}

#[tokio::test]
#[ignore = "needs the packages and AWS's emulator"]
async fn without_execve_node_remains() {
    for runtime in [Node22, Node24] {
        let folder = package_with(Some(&faulty()));
        fs::write(folder.path().join("spawn"), "").unwrap();
        let function = Function::start("viewer-request", runtime, Package::of(folder).unwrap());
        assert_eq!(function.invoke(&json!({})).await.unwrap()["served"], 1);
        assert!(function.environment.resident() > 32 << 20, "{}", function.environment.resident());
    }
}

/// Checks the error and the log. Twice, because a function that cannot start is started again for the next request.
async fn fails(function: Function, told: &str, logged: &str) {
    for _ in 0..2 {
        let error = function.invoke(&Value::Null).await.unwrap_err();
        assert!(error.contains(told), "{error}");
    }
    function.logged(logged).await;
}

#[tokio::test]
#[ignore = "needs the packages and AWS's emulator"]
async fn a_package_without_a_program() {
    let told = "Runtime.InvalidPackage: the program cannot be executed: ENOENT";
    fails(function(package_with(None)), told, "Runtime.InvalidPackage").await;
}

#[tokio::test]
#[ignore = "needs the packages and AWS's emulator"]
async fn a_program_without_permission_to_run() {
    let folder = package_with(Some(&faulty()));
    fs::set_permissions(folder.path().join("bootstrap"), Permissions::from_mode(0o644)).unwrap();
    fails(function(folder), "Runtime.InvalidPackage: the program cannot be executed: EACCES", "Runtime.InvalidPackage")
        .await;
}

#[tokio::test]
#[ignore = "needs the packages and AWS's emulator"]
async fn a_program_for_another_machine() {
    const E_MACHINE: usize = 18;
    const AARCH64: u8 = 183;
    for change in [|elf: &mut Vec<u8>| elf[E_MACHINE] = AARCH64, |elf: &mut Vec<u8>| elf.truncate(3)] {
        let folder = package_with(Some(&faulty()));
        let bootstrap = folder.path().join("bootstrap");
        let mut elf = fs::read(&bootstrap).unwrap();
        change(&mut elf);
        fs::write(&bootstrap, elf).unwrap();
        fails(function(folder), "is not built for Linux on x86-64", "Runtime.InvalidPackage").await;
    }
}

#[tokio::test]
#[ignore = "needs the packages and AWS's emulator"]
async fn a_program_that_ends_at_once() {
    for (program, logged) in [("/bin/false", "exit status 1"), ("/bin/true", "Runtime.ExitError")] {
        fails(function(package_with(Some(Path::new(program)))), "the function sent no response", logged).await;
    }
}

#[tokio::test]
#[ignore = "needs the packages and AWS's emulator"]
async fn a_broken_configuration() {
    for name in ["viewer-request", "origin-response"] {
        let deployed = Function::deployed(name, Node24);
        let folder = package_with(Some(&deployed.package.root().join("bootstrap")));
        fs::write(folder.path().join("ridge.json"), r#"{"maxWidth": 0}"#).unwrap();
        let logged = "ridge.json: maxWidth: 0 is not a whole number from 1 to 16383";
        fails(function(folder), "the function sent no response", logged).await;
    }
}
