//! AWS's commands are not run, because they need an account. The API models of the services, which are part of
//! botocore, contain each operation and its parameters.

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::pages::root;

/// `s3 cp`, `--paths` and the options of every command belong to the AWS CLI itself.
const PROGRAM: &str = "
import json, shlex, sys
import botocore.session
from botocore import xform_name
session = botocore.session.get_session()
EVERYWHERE = {'region', 'output', 'query'}
OWN = {('cloudfront', 'create-invalidation'): {'paths'}}
for line in json.load(sys.stdin):
    _, service, operation, *rest = shlex.split(line)
    options = {word[2:] for word in rest if word.startswith('--')}
    if (service, operation) == ('s3', 'cp'):
        assert len(rest) == 2 and rest[1].startswith('s3://') and not options, line
        continue
    model = session.get_service_model('s3' if service == 's3api' else service)
    names = {xform_name(name, '-'): name for name in model.operation_names}
    assert operation in names, f'{line}: {service} has no {operation}'
    shape = model.operation_model(names[operation]).input_shape
    members = {xform_name(name, '-') for name in shape.members} if shape else set()
    unknown = options - members - EVERYWHERE - OWN.get((service, operation), set())
    assert not unknown, f'{line}: {unknown}'
print('known')
";

/// Panics if a command does not match the API models.
pub(crate) fn check(commands: &[String]) {
    let python = root().join(".tools/python/bin/python");
    assert!(python.exists(), "{} is missing; `make test` installs it (tools/setup.sh test)", python.display());
    let mut child = Command::new(python)
        .args(["-c", PROGRAM])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let input = serde_json::to_vec(commands).unwrap();
    child.stdin.take().unwrap().write_all(&input).unwrap();
    let done = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&done.stdout), "known\n", "{}", String::from_utf8_lossy(&done.stderr));
}
