//! Memory of processes, from Linux's `/proc`.

use std::fs;

/// Returns the resident memory of all descendants of a process, in bytes (`VmRSS`, proc_pid_status(5)).
pub(super) fn of_descendants(pid: u32) -> u64 {
    children(pid).into_iter().map(|child| resident(child) + of_descendants(child)).sum()
}

fn children(pid: u32) -> Vec<u32> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let texts = tasks.filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
    texts.flat_map(|text| text.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<_>>()).collect()
}

fn resident(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) * 1024
}
