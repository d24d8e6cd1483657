use super::*;

/// What is masked in a file of this name, and that nothing is found in what is masked.
#[track_caller]
fn check_in(path: &str, text: &str, expected: &str) {
    let masked = masked(path, text);
    assert_eq!(masked, expected);
    assert_eq!(find(path, &masked), [], "in {masked}");
}

#[track_caller]
fn check(text: &str, expected: &str) {
    check_in("Dockerfile", text, expected);
}

#[track_caller]
fn stays(text: &str) {
    check(text, text);
}

#[test]
fn credentials_in_addresses_and_options() {
    check(
        "pip install -i https://me:pw@pypi.org/simple x\r\n",
        "pip install -i https://MASKED@pypi.org/simple x\r\n",
    );
    check(
        "[global]\nindex-url = https://me:p%40w@pypi.org/simple\n",
        "[global]\nindex-url = https://MASKED@pypi.org/simple\n",
    );
    check("RUN curl -fsSL -u me:hunter2 https://x.example", "RUN curl -fsSL -u MASKED https://x.example");
    check("poetry config http-basic.corp me hunter2", "poetry config http-basic.corp me MASKED");
    check("RUN twine upload --password hunter2 dist/*", "RUN twine upload --password MASKED dist/*");
    check(
        "aws configure set aws_secret_access_key wJalrXUtnFEMI/K7",
        "aws configure set aws_secret_access_key MASKED",
    );
}

#[test]
fn assignments_by_their_names() {
    check("ENV API_TOKEN=abc OTHER=1", "ENV API_TOKEN=MASKED OTHER=1");
    check("ENV API_TOKEN=\"abc def\" OTHER=1", "ENV API_TOKEN=\"MASKED\" OTHER=1");
    check("ENV DB_PASSWORD correct horse", "ENV DB_PASSWORD MASKED");
    check("ARG TOKEN=${CI_TOKEN:-abc}", "ARG TOKEN=${CI_TOKEN:-MASKED}");
    check("password = hunter2", "password = MASKED");
    check("  \"clientSecret\": \"s3\",", "  \"clientSecret\": \"MASKED\",");
    check("{password: s3, user: me}", "{password: MASKED, user: me}");
    check("export dbpassword=s3; make", "export dbpassword=MASKED; make");
    check("curl https://x.example/?token=s3&page=1", "curl https://x.example/?token=MASKED&page=1");
    check("//registry.npmjs.org/:_authToken=s3", "//registry.npmjs.org/:_authToken=MASKED");
    check_in("compose.yml", "  password: correct horse", "  password: MASKED");
    check_in(
        "settings.py",
        "PASSWORD = \"s3\"\nTOKEN = read(x)\n",
        "PASSWORD = \"MASKED\"\nTOKEN = read(x)\n",
    );
}

#[test]
fn headers() {
    check("curl -H 'Authorization: Bearer abc.def' x", "curl -H 'Authorization: Bearer MASKED' x");
    check(
        "http.extraheader \"AUTHORIZATION: basic YWJj\"",
        "http.extraheader \"AUTHORIZATION: basic MASKED\"",
    );
    check("curl -H \"PRIVATE-TOKEN: abc\" x", "curl -H \"PRIVATE-TOKEN: MASKED\" x");
    stays("curl -H \"Authorization: Bearer $TOKEN\" x");
}

#[test]
fn tokens_by_their_prefixes() {
    check("ARG GH=\"ghp_0123456789abcdef\"", "ARG GH=\"MASKED\"");
    check("x AKIAIOSFODNN7EXAMPLE y", "x MASKED y");
    check("echo hf_0123456789abcdef", "echo MASKED");
    check("https://hooks.slack.com/services/T0/B0/0123456789abcdef", "https://MASKED");
    check("x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.0123456789abcdef", "x MASKED");
    check("AccountName=a;AccountKey=0123456789abcdefghij==;x", "AccountName=a;MASKED;x");
}

#[test]
fn private_keys_whole_or_cut_off() {
    let key = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\nbnNz\n-----END OPENSSH PRIVATE KEY-----\n";
    let text = format!("COPY <<EOF /k\n{key}EOF\nRUN true\n");
    let expected = "COPY <<EOF /k\n-----BEGIN OPENSSH PRIVATE KEY-----\nMASKED\n-----END OPENSSH PRIVATE KEY-----\nEOF\nRUN true\n";
    check(&text, expected);
    assert_eq!(
        find("Dockerfile", &text).first().map(|found| (found.kind, found.line)),
        Some((SecretKind::PrivateKey, 3))
    );
    check("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n", "-----BEGIN RSA PRIVATE KEY-----\nMASKED\n");
    check(
        r#""private_key": "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n","#,
        r#""private_key": "MASKED","#,
    );
    stays("-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----\n");
}

#[test]
fn netrc_in_its_file_and_in_a_line() {
    check_in(
        ".netrc",
        "machine x.example\n  login me\n  password s3\n",
        "machine x.example\n  login me\n  password MASKED\n",
    );
    check(
        "RUN echo \"machine x login me password s3\" > ~/.netrc",
        "RUN echo \"machine x login me password MASKED\" > ~/.netrc",
    );
    stays("# the password is in the vault");
}

#[test]
fn private_indexes() {
    check("--extra-index-url https://wheels.corp.example/simple", "--extra-index-url https://MASKED/simple");
    check("ENV PIP_INDEX_URL=https://wheels.corp.example", "ENV PIP_INDEX_URL=https://MASKED");
    check("uv add --index corp=https://wheels.corp.example/s x", "uv add --index corp=https://MASKED/s x");
}

#[test]
fn what_is_public_or_only_a_name_stays() {
    for text in [
        "--index-url https://download.pytorch.org/whl/cu124",
        "ARG API_TOKEN",
        "ENV TOKEN=$TOKEN",
        "ENV TOKENIZERS_PARALLELISM=false",
        "ENV GPG_KEY E3FF2839C048B25C084DEBE9B26995E310250568",
        "ENV PASSWORD_FILE=/run/secrets/password",
        "pip install git+https://${USER}:${TOKEN}@github.com/a/b",
        "git+ssh://git@github.com/a/b",
        "RUN --mount=type=secret,id=token pip install x",
        "RUN TOKEN=$(cat /run/secrets/token) pip install x",
        "RUN [ \"$TOKEN\" = abc ] || exit 1",
        "docker login --password-stdin registry.example",
        "hf_transfer",
        "hf_transfer-0.1.9-cp38-abi3-manylinux_2_17_x86_64.whl",
        "tokenizers==0.15",
        "secret-key==1.0",
        "api-token>=2,<3",
        "FROM ghcr.io/corp/token:latest",
        "sk-learn-compatible-estimators-for-time-series",
        "# Password: ask your team for one",
    ] {
        stays(text);
    }
}

#[test]
fn long_lines_are_searched_to_their_end() {
    let text = format!("{}é TOKEN=abc", "x ".repeat(MOST_LINE));
    assert_eq!(find("f", &text).len(), 1);
}
