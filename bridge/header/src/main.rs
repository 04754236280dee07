//! Prints the C header of the bridge whose folder is the first argument.

use std::env;

/// The `# Safety` sections speak to Rust callers; the C++ side has its own rules in the library's first lines.
fn without_safety(header: &str) -> String {
    let mut out = String::new();
    let mut in_safety = false;
    for line in header.lines() {
        let is_comment = line.trim_start().starts_with("///");
        in_safety = is_comment && (in_safety || line.trim() == "/// # Safety");
        if in_safety {
            while out.ends_with("///\n") {
                out.truncate(out.len() - "///\n".len());
            }
        } else {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = env::args().nth(1).ok_or("usage: inlet_bridge_header <folder of the bridge>")?;
    let mut builder = cbindgen::Builder::new().with_config(cbindgen::Config::from_root_or_default(&folder));
    let mut sources: Vec<_> = std::fs::read_dir(format!("{folder}/src"))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    // lib.rs names the modules, which are all given here already.
    sources.retain(|source| source.file_name().is_some_and(|name| name != "lib.rs"));
    sources.sort();
    for source in sources {
        builder = builder.with_src(source);
    }
    let mut header = Vec::new();
    builder.generate()?.write(&mut header);
    print!("{}", without_safety(&String::from_utf8(header)?));
    Ok(())
}
