//! Scripts run by a real dash, bash and busybox sh, and by the simulated shell: the same exit code, the
//! same files, and where something is not known, that is said.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Command, Stdio},
};

use wheelstage::{
    simulate::{
        Answer, Content, Entry, FileSystem, Invocation, Origin, State, Text, Tools, normalize, run_script,
    },
    syntax::shell::Dialect,
};

const FILES: [(&str, &str); 7] = [
    (
        "requirements.txt",
        "# all\nnumpy==1.26.4\nTorch==2.6.0\ntorchaudio>=2.6 ; python_version > '3.8'\n  torch-geometric\nrequests[socks]\n\n-r base.txt\npandas\nnumpy-stl\n",
    ),
    ("base.txt", "flask\nflask\nclick>=8,<9\n"),
    ("no_end.txt", "a\nb"),
    ("crlf.txt", "x==1\r\ny\r\n"),
    ("wheels/torch-2.6.0-cp310-none-any.whl", ""),
    ("wheels/numpy-1.25.2-cp310-none-any.whl", ""),
    ("sub/deep/r.txt", "deep\n"),
];

/// Scripts and what they are about. Each is run by all three shells.
const SCRIPTS: &[&str] = &[
    // grep
    "grep -v '^torch' requirements.txt > out",
    "grep -vi '^torch' requirements.txt | grep -v '^numpy' > out",
    "grep -vE '^(torch|numpy)([=<>~! ]|$)' requirements.txt > out",
    "grep -vE '^\\s*(torch|#)|^$' requirements.txt > out",
    "grep -F -v -e torch -e numpy requirements.txt > out",
    "grep -w numpy requirements.txt > out",
    "grep -x pandas requirements.txt > out && echo found >> out",
    "grep -c flask base.txt > out",
    "grep -q nothing requirements.txt || echo absent > out",
    "grep nothing requirements.txt > out",
    "grep -v x missing.txt > out; echo $? >> out",
    "printf 'torch\\nnumpy\\n' > pats; grep -v -f pats requirements.txt > out",
    "grep -o '[a-z]*>=' requirements.txt > out",
    "grep -h flask base.txt requirements.txt > out",
    "grep flask base.txt requirements.txt > out",
    "grep -m1 flask base.txt > out",
    "grep '^torch\\(audio\\)\\?[=>]' requirements.txt > out",
    "grep 'a\\|b' base.txt no_end.txt > out",
    "egrep -v '^(torch|numpy)' requirements.txt | tee out other > third",
    // sed
    "sed -i '/^torch/d' requirements.txt",
    "sed -i -e 's/==.*//' -e '/^#/d' requirements.txt",
    "sed 's/numpy/NUMPY/g; s/^pandas$/& # last/' requirements.txt > out",
    "sed -E 's/^([a-z]+)([=<>].*)?$/\\1/' requirements.txt > out",
    "sed -n '2,4p' requirements.txt > out",
    "sed -n '/numpy/,/pandas/p' requirements.txt > out",
    "sed '1d;$d' base.txt > out",
    "sed -i.bak 's|flask|Flask|' base.txt",
    "sed '/^numpy/!d' requirements.txt > out",
    "sed 's/>=.*$//;s/ *$//' requirements.txt > out",
    "sed -i 's/\\r$//' crlf.txt",
    "sed 's/a/x/2' base.txt > out; sed q requirements.txt >> out",
    "sed '2a inserted' base.txt > out",
    "sed -i '$ a last' no_end.txt",
    "sed 's/$/ end/' no_end.txt > out",
    "sed '0~2d' base.txt > /dev/null; true",
    // awk
    "awk '!/torch/' requirements.txt > out",
    "awk '{print $1}' requirements.txt > out",
    "awk -F'==' '{print $1}' requirements.txt > out",
    "awk -F'[=<>]' '/^[a-z]/ {print $1}' requirements.txt > out",
    "awk 'NR>2' requirements.txt > out",
    "awk '!seen[$0]++' base.txt > out",
    "awk '$1 != \"flask\" {print $1, \"x\"}' base.txt > out",
    "awk 'NF' requirements.txt > out",
    "awk '/numpy/ {next} {print}' requirements.txt > out",
    "awk '1' no_end.txt > out",
    // text
    "cat base.txt no_end.txt base.txt > out",
    "head -2 requirements.txt > out; head -n -1 base.txt >> out; tail -n +2 base.txt >> out; tail -1 no_end.txt >> out",
    "sort -u base.txt > out; sort -r base.txt >> out; uniq base.txt >> out",
    "tr 'a-z' 'A-Z' < base.txt > out; tr -d '\\r' < crlf.txt >> out; tr '\\n' ' ' < base.txt > joined",
    "echo 'a b c' | tr ' ' '\\n' > out; echo a,b,,c | tr -s ',' '\\n' >> out",
    "cut -d= -f1 requirements.txt > out; cut -c1-3 base.txt >> out; cut -d, -f2- base.txt >> out",
    "wc -l < base.txt > out",
    "cat base.txt | tee -a no_end.txt > /dev/null",
    "sort base.txt no_end.txt -o out",
    "basename sub/deep/r.txt .txt > out; dirname sub/deep/r.txt >> out",
    // files
    "mkdir -p a/b && cp base.txt a/b && cp -r a c && mv a/b/base.txt d.txt && rm -r a",
    "cp -r sub/. copy; cp -r sub copy2; cp -r sub copy",
    "mkdir x && mv base.txt no_end.txt x/",
    "rm -f wheels/torch-*.whl nothing; ls wheels > out",
    "rm nothing; echo $? > out",
    "rm sub; echo $? > out; rm -rf sub",
    "ln -s base.txt link && cat link > out && rm link && cat base.txt >> out",
    "ln -s sub alias && cp alias/deep/r.txt out && ls alias > names",
    "touch empty base.txt; [ -s empty ] || echo empty > out",
    "mkdir sub; echo $? > out; mkdir no/parent; echo $? >> out",
    "cp base.txt; echo $? > out; cp nothing x; echo $? >> out",
    "cp base.txt no_end.txt missing_dir; echo $? > out",
    "mv wheels/*.whl . && rmdir wheels && ls *.whl > out",
    "find . -name '*.txt' -path './sub/*' > out; find wheels -type f -name 'torch*' -delete",
    "find sub -type d | sort > out; find . -maxdepth 1 -name '*.txt' -exec cp {} wheels/ \\;",
    // redirections
    "cat base.txt > base.txt; wc -l < base.txt > out",
    "{ echo one; echo two; } > out; (echo three; echo four) >> out",
    "echo error >&2 2>/dev/null; echo out 2>&1 > out",
    "cat < nothing; echo $? > out",
    "cat > out <<EOF\n$HOME/x `echo sub` $((1+2))\n\\$not\nEOF",
    "cat > out <<'EOF'\n$HOME\nEOF\ncat >> out <<-EOF\n\ttabs\n\tEOF",
    "cat <<A > out; cat <<B >> out\nfirst\nA\nsecond\nB",
    "pip install a>=1.0 2> /dev/null > out; ls > names",
    "exec 3>&1; echo x > out",
    ": > out; > out2; true > base.txt",
    "while read -r line; do echo \"[$line]\"; done < requirements.txt > out",
    "while read -r line; do echo \"[$line]\"; done < no_end.txt > out",
    "while IFS= read -r line || [ -n \"$line\" ]; do echo \"[$line]\"; done < no_end.txt > out",
    "while read a b; do echo \"$b-$a\"; done < requirements.txt > out",
    "cat base.txt | while read x; do n=$x; echo $n; done > out; echo \"n=$n\" >> out",
    // control
    "set -e; false; echo no > out",
    "set -e; false || true; if false; then :; fi; ! true; echo yes > out; (false); echo no >> out",
    "set -e; x=$(false); echo no > out",
    "set -e; false && true; echo yes > out",
    "set -eu; echo $UNSET_THING; echo no > out",
    "for i in 1 2 3; do [ $i = 2 ] && continue; [ $i = 3 ] && break; echo $i; done > out; echo $? >> out",
    "for f in *.txt; do echo $f; done > out; for f in *.nothing; do echo $f; done >> out",
    "i=0; while [ $i -lt 3 ]; do i=$((i+1)); echo $i; done > out; until [ $i = 0 ]; do i=$((i-1)); done; echo $i >> out",
    "case abc in a*) echo 1;; *) echo 2;; esac > out; case x in a|x) echo 3;; esac >> out; case y in x) echo 4;; esac; echo $? >> out",
    "f() { echo \"$1-$#\"; return 3; }; f a b > out; echo $? >> out; f; exit 4",
    "if [ -f base.txt ] && [ ! -d base.txt ]; then echo y; elif true; then echo n; fi > out",
    "test -d sub -a -f base.txt && echo both > out; [ a = b -o c = c ] && echo or >> out; [ \"\" ] || echo empty >> out",
    "[ 1 -eq x ]; echo $? > out; [ a b ]; echo $? >> out",
    "false | true; echo $? > out; true | false; echo $? >> out; ! true; echo $? >> out",
    "(exit 3); echo $? > out; (cd sub; pwd | grep -c deep); ls > names",
    "true && false || echo b > out; false && echo x || echo c >> out; true || echo n && echo d >> out",
    "x=1; (x=2; echo $x); echo $x > out; { x=3; }; echo $x >> out",
    "trap 'echo bye >> out' EXIT; echo hi > out; exit 5",
    "echo a; exit 7; echo b > out",
    "eval 'x=5; echo $x' > out; eval echo '$x' >> out",
    "echo 'y=9; return 0; y=1' > lib.sh; . ./lib.sh; echo $y > out",
    "printf '#!/bin/sh\\necho \"$1\" > \"$2\"\\n' > s.sh; sh s.sh hello out; sh -c 'echo $0 $1 >> out' zero one",
    "echo 'echo piped > out' | sh; sh <<'X'\necho $((2*3)) >> out\nX",
    "set -- a 'b c' d; for x; do echo \"$x\"; done > out; shift; echo \"$# $1 $*\" >> out; echo \"$@\" >> out",
    "nosuchcommand_at_all; echo $? > out",
    "true & wait; echo done > out",
    // expansion
    "x='a  b'; echo $x > out; echo \"$x\" >> out; echo '$x' >> out; echo a\\ b >> out",
    "x=file.tar.gz; echo ${x%.*} ${x%%.*} ${x#*.} ${x##*.} ${#x} > out",
    "echo ${u:-d} ${u-e} ${u:+f} ${u:=g} $u > out; e=; echo ${e:-h} \"${e-i}\" ${e:+j} >> out",
    "echo \"$(echo a; echo b)\" $(printf 'c\\nd\\n') `echo e` > out",
    "echo ${x:?needed}; echo no > out",
    "a=1 b=$a; echo $a$b > out; c=2 sh -c 'echo $c' >> out; echo \"[$c]\" >> out",
    "export v=1; sh -c 'echo $v' > out; unset v; sh -c 'echo \"[$v]\"' >> out; env w=2 sh -c 'echo $w' >> out",
    "IFS=,; x=a,b,,c; for i in $x; do echo \"<$i>\"; done > out",
    "x=\"*.txt\"; echo $x > out; echo \"$x\" >> out; echo base.??? [b]ase* >> out",
    "echo ~root > out; HOME=/h; echo ~/x >> out",
    "n=3; echo $((n*2+1)) $((10%4)) $(( (1+2)*3 )) > out",
    "printf '%s==%s\\n' a 1 b 2 > out; printf 'x\\ty\\n' >> out; printf '%d%%\\n' 5 >> out; printf '%s' end >> out",
    "echo -n no-newline > out; echo 'a\\nb' >> out",
    "x=; for i in $x; do echo never; done > out; set -- $x; echo $# >> out",
    "for i in $(cat base.txt); do echo $i; done > out",
    "grep -v '^#' requirements.txt | xargs -n1 echo > out; echo 'a b' | xargs -I{} echo '<{}>' >> out; printf '' | xargs -r echo no >> out",
    "cat base.txt | xargs echo all > out; printf 'a\\0b c\\0' | xargs -0 -n1 echo >> out",
    "set -x; echo traced > out; set +x",
    "cd sub && echo $(pwd | grep -o 'sub$') > ../out; cd - > /dev/null; ls > names",
    "command -v nosuchthing_here || echo none > out",
    "x=5; x=$((x+1)) && echo $x > out; : ${y:=7}; echo $y >> out",
    "echo \"a\\\"b\\$c\\\\d\" > out; echo 'it'\\''s' >> out",
    "echo a # comment\necho b#c > out",
    "echo one \\\n  two > out",
    "if true\nthen\n  echo t\nelse\n  echo f\nfi > out",
    "false && echo no > out",
    "set -- a b; IFS=-; [ \"$*\" = a-b ] && echo yes > out; x=$*; echo \"$x\" >> out",
    "echo $((5>3)) $((1<<3)) $((010)) $((2>1?7:8)) > out; i=1; : $((i+=4)); echo $i >> out",
    "x=a b=c; echo $x$b > out; echo $((1/0)) >> out; echo no >> out",
    "for i in a b; do for j in 1 2; do [ $j = 2 ] && continue 2; echo $i$j; done; done > out; break; echo on >> out",
    "f() { return 2; echo no; }; f; echo $? > out; g() { local x=1; echo $x; }; g >> out",
    ": < nothing; echo no > out",
    "cat < nothing; echo on > out",
    "cd nowhere || echo fails > out; x=$(cd sub && ls); echo $x >> out",
    "for f in core web; do if [ -f \"$f.txt\" ]; then cat $f.txt; elif [ -f base.txt ]; then cat base.txt; fi; done > out",
    "x=${requirements:-base}; case $x in base|dev) cat \"$x.txt\";; *) exit 3;; esac > out",
    "cat nothing 2> /dev/null || cat no_end.txt > out",
    ". ./nothing.sh; echo on > out",
    "shift 2; echo $? > out",
    "v=1-2; echo ${v%%-*}${v#*-} \"${v:+set}\" ${#v} > out; set -u; echo ${nothing#x} >> out; echo no >> out",
];

/// What bash and busybox have, and dash has not.
const EXTENDED: &[&str] = &[
    "v=abcdef; [ \"${v:1:2}\" = bc ] && echo yes > out; echo ${v: -1} ${v/b/x} ${v//[ace]/_} >> out",
    "cat <(echo a) <(echo b) > out",
    "[[ abc == a* && -f base.txt ]] && echo y > out; [[ -z $u ]] && echo z >> out",
    "source ./base.txt 2>/dev/null; echo 'z=1' > l; source ./l; echo $z > out",
    "set -o pipefail; false | true; echo $? > out",
    "function g { echo g; }; g > out; echo a &> both; cat both >> out",
    "let x=2+3; echo $? $x > out; let x=0; echo $? >> out; echo $((x++)) $x $((2**3)) >> out",
    "echo 'a\\tb' > out; echo -e 'a\\tb' >> out; echo -E 'c\\n' >> out",
    "x=$'a\\tb'; echo \"$x\" > out; [ a == a ] && echo same >> out",
];

const DASH: &[&str] = &[
    "cat <(echo a) && echo no > out",
    "echo before > out\ncat <(echo a)\necho no >> out",
    "v=abcdef; echo \"${v:1:2}\"; echo no > out",
    "source ./base.txt; echo $? > out; let x=1; echo $? >> out; [[ a = a ]]; echo $? >> out",
    "set -o pipefail; echo no > out",
    "echo a &> out; wait",
    "[ a == a ]; echo $? > out; echo -e 'a\\tb' >> out; echo $'x' >> out",
    "x='1+2'; echo $((x)); echo no > out",
    "for i in {a..c}; do echo $i; done > out",
];

const ASH: &[&str] = &[
    "for i in {a..c}; do echo $i; done > out; shopt -s nullglob; echo $? >> out; declare x=1; echo $? >> out",
    "cat <<< here; echo no > out",
    "x=(a b); echo no > out",
    "cat < nothing; echo $? > out; cd nothing; echo $? >> out",
    "v=abab; echo ${v/b/&&} ${v/#a/x} > out",
];

const BASH: &[&str] = &[
    "echo {a,b}{1..2} > out; mkdir -p d/{x,y}; ls d >> out",
    "[[ abc == a* && -f base.txt ]] && echo y > out; [[ a == 'a*' ]] || echo n >> out; [[ -z $u ]] && echo z >> out",
    "set -o pipefail; false | true; echo $? > out",
    "x=a.b.c; echo ${x//./-} ${x/./+} ${x:2} ${x:0:1} > out",
    "cat <<< \"here $((1+1))\" > out",
    "diff <(echo a) <(echo a) > /dev/null; cat <(echo one) <(echo two) > out",
    "echo a &> out; echo b &>> out",
    "source ./base.txt 2>/dev/null; echo 'z=1' > l; source l; echo $z > out",
    "shopt -s nullglob; for f in *.none; do echo never; done > out; echo *.none >> out",
    "echo -e 'a\\tb' > out; printf '%b\\n' 'c\\td' >> out",
    "function g { echo g; }; g > out",
    "x=1; x+=2; echo $x > out; ((x)) ; true",
    "echo \"a\" |& cat > out",
    "pushd sub > /dev/null; true; echo x > ../out",
    "for i in {a..c}; do echo six > r$i.txt; done; echo {01..03} {a,b}{1..2} > out",
    "x=5; ((x > 3)) && echo big > out; ((x++)); echo $x >> out; ((0)) || echo zero >> out",
    "v=name; echo ${v^} ${v^^} ${v/#n/x} ${v/%e/x} > out",
    "cat < nothing; echo $? > out; cd nothing; echo $? >> out; . ./nothing; echo on >> out",
    "set -- a b c; echo ${@:2} ${#@} > out",
];

struct NoTools;

impl Tools for NoTools {
    fn call(&mut self, _: &Invocation<'_>, _: &mut State) -> Option<Answer> {
        // As a stand-in that does nothing.
        Some(Answer {
            exit_code: Some(0),
            stdout: Some(Text::default()),
            run: None,
            skipped: Vec::new(),
            assumed: false,
        })
    }
}

/// Path to text; folders end in `/`.
type Files = BTreeMap<String, String>;

fn files_below(folder: &Path, root: &Path, files: &mut Files) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
        if path.is_symlink() {
            files.insert(name, "a link".to_owned());
        } else if path.is_dir() {
            files.insert(format!("{name}/"), String::new());
            files_below(&path, root, files);
        } else {
            files.insert(name, String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned());
        }
    }
}

/// A shell as a program; busybox's by its own name.
fn program(shell: &str) -> Command {
    let mut command = Command::new(shell);
    if shell == "busybox" {
        command.arg("sh");
    }
    command
}

fn really(shell: &str, script: &str, folder: &Path) -> (i32, Files) {
    let _ = fs::remove_dir_all(folder);
    for (path, text) in FILES {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let bin = folder.with_extension("bin");
    fs::create_dir_all(&bin).unwrap();
    let pip = bin.join("pip");
    fs::write(&pip, "#!/bin/sh\nexit 0\n").unwrap();
    Command::new("chmod").args(["+x", &pip.to_string_lossy()]).status().unwrap();
    let status = program(shell)
        .args(["-c", script])
        .current_dir(folder)
        .env_clear()
        .env("PATH", format!("{}:/usr/bin:/bin", bin.display()))
        .env("HOME", "/root")
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    let mut files = Files::new();
    files_below(folder, folder, &mut files);
    (status.code().unwrap_or(-1), files)
}

/// The simulated end: exit code and files, `None` for what is not known.
fn simulated(dialect: Dialect, script: &str) -> (Option<i32>, BTreeMap<String, Option<String>>, FileSystem) {
    const FOLDER: &str = "/work";
    let origin = Origin { stage: 0, step: None, call: None };
    let mut state = State::scratch();
    state.working_directory = FOLDER.to_owned();
    state.files.make_folder("/tmp", origin);
    for (path, text) in FILES {
        let entry = Entry::new(Content::Text(Text::unplaced(text).into()), origin);
        state.files.insert(&normalize(path, FOLDER), entry);
    }
    let stand_in = Entry::new(Content::Opaque("a stand-in".to_owned()), origin);
    state.files.insert("/bin/pip", stand_in);
    let exit_code = run_script(script, dialect, &mut state, &mut NoTools);
    let mut files = BTreeMap::new();
    for (path, entry) in state.files.below(FOLDER) {
        let name = path.trim_start_matches(FOLDER).trim_start_matches('/').to_owned();
        match &entry.content {
            Content::Folder => files.insert(format!("{name}/"), Some(String::new())),
            Content::Text(text) => files.insert(name, Some(text.to_string())),
            Content::Link(_) => files.insert(name, Some("a link".to_owned())),
            _ => files.insert(name, None),
        };
    }
    (exit_code, files, state.files)
}

fn difference(shell: &str, dialect: Dialect, script: &str, folder: &Path) -> Option<String> {
    let (code, files) = really(shell, script, folder);
    let (own_code, own_files, state) = simulated(dialect, script);
    let mut wrong = Vec::new();
    if own_code.is_some_and(|own| own != code) {
        wrong.push(format!("exit code {own_code:?}, really {code}"));
    }
    if own_code.is_none() {
        wrong.push("exit code not known".to_owned());
    }
    for (path, text) in &files {
        match own_files.get(path) {
            Some(Some(own)) if own == text => {}
            Some(None) => wrong.push(format!("{path} is not known")),
            Some(Some(own)) => wrong.push(format!("{path}: {own:?}, really {text:?}")),
            None if state.uncertainty(&normalize(path, "/work")).is_some() => {}
            None => wrong.push(format!("{path} is missing, really {text:?}")),
        }
    }
    for path in own_files.keys().filter(|path| !files.contains_key(*path)) {
        wrong.push(format!("{path} is there, really not"));
    }
    (!wrong.is_empty()).then(|| format!("{shell}: {script}\n  {}", wrong.join("\n  ")))
}

#[test]
fn scripts_leave_what_real_shells_leave() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("shell-oracle");
    let has = |shell: &str| program(shell).args(["-c", "true"]).status().is_ok_and(|status| status.success());
    let mut differences = Vec::new();
    let mut count = 0;
    for (shell, dialect) in [("dash", Dialect::Dash), ("bash", Dialect::Bash), ("busybox", Dialect::Ash)] {
        if !has(shell) {
            println!("shell oracle: passed over, {shell} is not there");
            continue;
        }
        let own: &[&[&str]] = match dialect {
            Dialect::Bash => &[EXTENDED, BASH],
            Dialect::Ash => &[EXTENDED, ASH],
            Dialect::Dash | Dialect::Unknown => &[DASH],
        };
        for script in SCRIPTS.iter().chain(own.iter().copied().flatten()) {
            count += 1;
            differences.extend(difference(shell, dialect, script, &folder));
        }
    }
    let _ = fs::remove_dir_all(&folder);
    println!("shell oracle: {} of {count} scripts end alike", count - differences.len());
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
