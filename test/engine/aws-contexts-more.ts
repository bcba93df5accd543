import type { AwsContext } from './aws-contexts.ts';

/** More ways, of other tools and languages, in the same notation. */
export const MORE_AWS_CONTEXTS: AwsContext[] = [
  {
    name: 'Terraform backend',
    path: 'backend.tf',
    text: 'terraform {\n  backend "s3" {\n    bucket     = "acme-state"\n    key        = "prod/terraform.tfstate"\n    access_key = "ID"\n    secret_key = "SECRET"\n  }\n}\n',
  },
  {
    name: 'CloudFormation parameters',
    path: 'stack.yml',
    text: 'Parameters:\n  AccessKeyId:\n    Type: String\n    Default: ID\n  SecretAccessKey:\n    Type: String\n    NoEcho: true\n    Default: SECRET\n',
  },
  {
    name: 'boto3 session',
    path: 'a.py',
    text: 'session = boto3.Session(\n    aws_access_key_id="ID",\n    aws_secret_access_key="SECRET",\n    region_name="eu-west-1",\n)\n',
  },
  {
    name: 'boto3 keyword dictionary',
    path: 'a.py',
    text: "creds = dict(\n    aws_access_key_id='ID',\n    aws_secret_access_key='SECRET',\n)\nboto3.resource('s3', **creds)\n",
  },
  {
    name: 'Python environment',
    path: 'a.py',
    text: 'os.environ.setdefault("AWS_ACCESS_KEY_ID", "ID")\nos.environ.setdefault("AWS_SECRET_ACCESS_KEY", "SECRET")\n',
  },
  {
    name: 'Django settings',
    path: 'settings.py',
    text: "AWS_STORAGE_BUCKET_NAME = 'acme'\nAWS_ACCESS_KEY_ID = 'ID'\nAWS_SECRET_ACCESS_KEY = 'SECRET'\n",
  },
  {
    name: 'Java properties of the old SDK',
    path: 'AwsCredentials.properties',
    text: '# Fill in your keys\naccessKey = ID\nsecretKey = SECRET\n',
  },
  {
    name: 'Java system properties',
    path: 'run.sh',
    text: 'java -Daws.accessKeyId=ID -Daws.secretKey=SECRET -jar app.jar\n',
  },
  {
    name: 'Spring XML',
    path: 'beans.xml',
    text: '<bean id="credentials" class="com.amazonaws.auth.BasicAWSCredentials">\n  <constructor-arg value="ID"/>\n  <constructor-arg value="SECRET"/>\n</bean>\n',
  },
  {
    name: '.NET appsettings',
    path: 'appsettings.Production.json',
    text: '{\n  "Logging": { "LogLevel": { "Default": "Warning" } },\n  "AWS": {\n    "Region": "eu-west-1",\n    "AccessKey": "ID",\n    "SecretKey": "SECRET"\n  }\n}\n',
  },
  {
    name: 'Laravel file systems',
    path: 'config/filesystems.php',
    text: "'s3' => [\n    'driver' => 's3',\n    'key' => env('AWS_ACCESS_KEY_ID', 'ID'),\n    'secret' => env('AWS_SECRET_ACCESS_KEY', 'SECRET'),\n    'region' => env('AWS_DEFAULT_REGION'),\n],\n",
  },
  {
    name: 'WordPress offload plug-in',
    path: 'wp-config.php',
    text: "define( 'AS3CF_SETTINGS', serialize( array(\n    'provider' => 'aws',\n    'access-key-id' => 'ID',\n    'secret-access-key' => 'SECRET',\n) ) );\n",
  },
  {
    name: 'Drupal settings',
    path: 'settings.php',
    text: "$settings['s3fs.access_key'] = 'ID';\n$settings['s3fs.secret_key'] = 'SECRET';\n",
  },
  {
    name: 'Rails storage',
    path: 'config/storage.yml',
    text: 'amazon:\n  service: S3\n  access_key_id: ID\n  secret_access_key: SECRET\n  region: us-east-1\n  bucket: acme\n',
  },
  {
    name: 'Ruby hash',
    path: 'carrierwave.rb',
    text: "config.aws_credentials = {\n  access_key_id:     'ID',\n  secret_access_key: 'SECRET',\n  region: 'us-east-1'\n}\n",
  },
  {
    name: 'Vagrantfile',
    path: 'Vagrantfile',
    text: 'config.vm.provider :aws do |aws, override|\n  aws.access_key_id = "ID"\n  aws.secret_access_key = "SECRET"\nend\n',
  },
  {
    name: 'Go struct',
    path: 'a.go',
    text: 'cfg.Credentials = aws.Credentials{\n\tAccessKeyID:     "ID",\n\tSecretAccessKey: "SECRET",\n}\n',
  },
  {
    name: 'Go environment',
    path: 'a_test.go',
    text: 'os.Setenv("AWS_ACCESS_KEY_ID", "ID")\nos.Setenv("AWS_SECRET_ACCESS_KEY", "SECRET")\n',
  },
  {
    name: 'Kotlin builder',
    path: 'A.kt',
    text: 'val provider = StaticCredentialsProvider {\n    accessKeyId = "ID"\n    secretAccessKey = "SECRET"\n}\n',
  },
  {
    name: 'Elixir',
    path: 'config/prod.exs',
    text: 'config :ex_aws,\n  access_key_id: ["ID", :instance_role],\n  secret_access_key: ["SECRET", :instance_role]\n',
  },
  {
    name: 'Clojure',
    path: 'core.clj',
    text: '(def cred {:access-key "ID"\n           :secret-key "SECRET"})\n',
  },
  {
    name: 'Dart',
    path: 'a.dart',
    text: "final s3 = S3(region: 'eu-west-1', credentials: AwsClientCredentials(accessKey: 'ID', secretKey: 'SECRET'));\n",
  },
  {
    name: 'Jenkinsfile',
    path: 'Jenkinsfile',
    text: "withEnv(['AWS_ACCESS_KEY_ID=ID', 'AWS_SECRET_ACCESS_KEY=SECRET']) {\n  sh 'aws s3 sync . s3://acme'\n}\n",
  },
  {
    name: 'Jenkins environment block',
    path: 'Jenkinsfile',
    text: "environment {\n  AWS_ACCESS_KEY_ID     = 'ID'\n  AWS_SECRET_ACCESS_KEY = 'SECRET'\n}\n",
  },
  {
    name: 'GitHub workflow',
    path: '.github/workflows/deploy.yml',
    text: '      - uses: aws-actions/configure-aws-credentials@v4\n        with:\n          aws-access-key-id: ID\n          aws-secret-access-key: SECRET\n          aws-region: us-east-1\n',
  },
  {
    name: 'Ansible variables',
    path: 'group_vars/all.yml',
    text: 'ec2_region: us-east-1\nec2_access_key: "ID"\nec2_secret_key: "SECRET"\n',
  },
  {
    name: 'Helm values',
    path: 'values.yaml',
    text: 'backup:\n  enabled: true\n  s3:\n    bucket: acme\n    accessKey: ID\n    secretKey: SECRET\n',
  },
  {
    name: 'JSON log line',
    path: 'app.log',
    text: '{"level":"debug","ts":1732270000.1,"msg":"loaded credentials","AccessKeyID":"ID","SecretAccessKey":"SECRET","Source":"EnvConfigCredentials"}\n',
  },
  {
    name: 'Python log line',
    path: 'app.log',
    text: "2026-01-01 10:00:00,000 DEBUG creds=Credentials(access_key='ID', secret_key='SECRET', token=None)\n",
  },
  {
    name: 'Go log line',
    path: 'app.log',
    text: '2026/01/01 10:00:00 creds: {AccessKeyID:ID SecretAccessKey:SECRET SessionToken: Source:SharedConfigCredentials}\n',
  },
  {
    name: 'aws configure',
    path: 'session.txt',
    text: '$ aws configure\nAWS Access Key ID [None]: ID\nAWS Secret Access Key [None]: SECRET\nDefault region name [None]: us-west-2\n',
  },
  {
    name: 'output of create-access-key as text',
    path: 'out.txt',
    text: 'ACCESSKEY\tID\t2026-01-01T10:00:00+00:00\tSECRET\tActive\tdeploy\n',
  },
  {
    name: 'output of create-access-key as a table',
    path: 'out.txt',
    text: '|                  CreateAccessKey                  |\n||  AccessKeyId      |  ID  ||\n||  CreateDate       |  2026-01-01T10:00:00+00:00  ||\n||  SecretAccessKey  |  SECRET  ||\n',
  },
  {
    name: 'zsh history',
    path: '.zsh_history',
    text: ': 1732270000:0;export AWS_ACCESS_KEY_ID=ID\n: 1732270004:0;export AWS_SECRET_ACCESS_KEY=SECRET\n: 1732270009:0;aws s3 ls\n',
  },
  {
    name: 'one command',
    path: 'notes.txt',
    text: 'AWS_ACCESS_KEY_ID=ID AWS_SECRET_ACCESS_KEY=SECRET aws s3 ls s3://acme\n',
  },
  {
    name: 'curl with a signature',
    path: 'get.sh',
    text: 'curl --aws-sigv4 "aws:amz:us-east-1:s3" --user "ID:SECRET" https://acme.s3.amazonaws.com/x\n',
  },
  {
    name: 'mc alias',
    path: 'setup.sh',
    text: 'mc alias set backup https://s3.amazonaws.com ID SECRET\n',
  },
  {
    name: 'rclone connection string',
    path: 'backup.sh',
    text: 'rclone lsd ":s3,provider=AWS,access_key_id=ID,secret_access_key=SECRET:acme"\n',
  },
  {
    name: 'docker run',
    path: 'run.sh',
    text: 'docker run -e AWS_ACCESS_KEY_ID=ID -e AWS_SECRET_ACCESS_KEY=SECRET acme/app\n',
  },
  {
    name: 'docker inspect',
    path: 'inspect.json',
    text: '{"Config":{"Env":["PATH=/usr/bin","AWS_ACCESS_KEY_ID=ID","AWS_SECRET_ACCESS_KEY=SECRET"]}}',
  },
  {
    name: 'kubectl',
    path: 'run.sh',
    text: 'kubectl create secret generic aws --from-literal=access-key=ID --from-literal=secret-key=SECRET\n',
  },
  {
    name: 'Postman environment',
    path: 'prod.postman_environment.json',
    text: '{"values":[{"key":"aws_access","value":"ID","enabled":true},{"key":"aws_secret","value":"SECRET","enabled":true}]}',
  },
  {
    name: 'notebook output',
    path: 'a.ipynb',
    text: '{"outputs":[{"data":{"text/plain":["{\'AccessKeyId\': \'ID\',\\n"," \'SecretAccessKey\': \'SECRET\',\\n"," \'Status\': \'Active\'}"]}}]}',
  },
  {
    name: 'HAR',
    path: 'a.har',
    text: '{"postData":{"mimeType":"application/json","text":"{\\"config\\":{\\"accessKey\\":\\"ID\\",\\"secretKey\\":\\"SECRET\\"}}"}}',
  },
  {
    name: 'form in a HAR',
    path: 'a.har',
    text: '{"postData":{"mimeType":"application/x-www-form-urlencoded","text":"aws_access_key_id=ID&aws_secret_access_key=URL(SECRET)"}}',
  },
  {
    name: 'git diff',
    path: 'fix.patch',
    text: '--- a/.env\n+++ b/.env\n@@ -1,2 +1,2 @@\n-AWS_ACCESS_KEY_ID=ID\n-AWS_SECRET_ACCESS_KEY=SECRET\n+AWS_ACCESS_KEY_ID=\n+AWS_SECRET_ACCESS_KEY=\n',
  },
  {
    name: 'SQL rows',
    path: 'dump.sql',
    text: "INSERT INTO `settings` VALUES (41,'s3_key','ID','2026-01-01'),(42,'s3_secret','SECRET','2026-01-01');\n",
  },
  {
    name: 'SQL columns',
    path: 'dump.sql',
    text: "INSERT INTO accounts (name, aws_key, aws_secret) VALUES ('acme', 'ID', 'SECRET');\n",
  },
  {
    name: 'Redshift COPY',
    path: 'load.sql',
    text: "COPY t FROM 's3://acme/x' CREDENTIALS 'aws_access_key_id=ID;aws_secret_access_key=SECRET' CSV;\n",
  },
  {
    name: 'Snowflake stage',
    path: 'stage.sql',
    text: "CREATE STAGE s URL='s3://acme' CREDENTIALS=(AWS_KEY_ID='ID' AWS_SECRET_KEY='SECRET');\n",
  },
  { name: 'DuckDB', path: 'q.sql', text: "create secret acme (type s3, key_id 'ID', secret 'SECRET');\n" },
  {
    name: 'Markdown table',
    path: 'README.md',
    text: '| user | access key | secret key |\n|---|---|---|\n| deploy | ID | SECRET |\n',
  },
  {
    name: 'wiki page',
    path: 'page.html',
    text: '<table><tr><th>Key</th><td>ID</td></tr><tr><th>Secret</th><td>SECRET</td></tr></table>',
  },
  {
    name: 'YAML block scalar',
    path: 'config-map.yaml',
    text: 'data:\n  credentials: |\n    [default]\n    aws_access_key_id = ID\n    aws_secret_access_key = SECRET\n',
  },
  {
    name: 'YAML folded scalar',
    path: 'a.yaml',
    text: 'aws_access_key_id: ID\naws_secret_access_key: >-\n  SECRET\nregion: us-east-1\n',
  },
  {
    name: 'the secret first',
    path: '.env',
    text: 'AWS_SECRET_ACCESS_KEY=SECRET\nAWS_REGION=us-east-1\nAWS_ACCESS_KEY_ID=ID\n',
  },
  {
    name: 'thirty lines between',
    path: 'settings.ini',
    text: `aws_access_key_id = ID\n${Array.from({ length: 30 }, (_, i) => `option_${i} = value_${i}`).join('\n')}\naws_secret_access_key = SECRET\n`,
  },
  {
    name: 'minified with defaults',
    path: 'bundle.js',
    text: 'var e={region:"eu-west-1",credentials:new t.Credentials(r.k||"ID",r.s||"SECRET")};n.exports=e;',
  },
  {
    name: 'source map',
    path: 'bundle.js.map',
    text: '{"version":3,"sourcesContent":["export const aws = {\\n  accessKeyId: \'ID\',\\n  secretAccessKey: \'SECRET\',\\n};\\n"]}',
  },
  {
    name: 'systemd',
    path: 'app.service',
    text: '[Service]\nEnvironment="AWS_ACCESS_KEY_ID=ID"\nEnvironment="AWS_SECRET_ACCESS_KEY=SECRET"\n',
  },
  {
    name: 'supervisor',
    path: 'supervisord.conf',
    text: 'environment=AWS_ACCESS_KEY_ID="ID",AWS_SECRET_ACCESS_KEY="SECRET"\n',
  },
  {
    name: 'logstash',
    path: 'pipeline.conf',
    text: 'output {\n  s3 {\n    access_key_id => "ID"\n    secret_access_key => "SECRET"\n    bucket => "acme"\n  }\n}\n',
  },
  {
    name: 'fluentd',
    path: 'fluent.conf',
    text: '<match s3.**>\n  @type s3\n  aws_key_id ID\n  aws_sec_key SECRET\n  s3_bucket acme\n</match>\n',
  },
  {
    name: 'pgBackRest',
    path: 'pgbackrest.conf',
    text: '[global]\nrepo1-type=s3\nrepo1-s3-key=ID\nrepo1-s3-key-secret=SECRET\n',
  },
  {
    name: 'Spark properties',
    path: 'spark-defaults.conf',
    text: 'spark.hadoop.fs.s3a.access.key  ID\nspark.hadoop.fs.s3a.secret.key  SECRET\n',
  },
  {
    name: 'Packer',
    path: 'packer.json',
    text: '{"builders":[{"type":"amazon-ebs","access_key":"ID","secret_key":"SECRET","region":"us-east-1"}]}',
  },
  {
    name: 'Windows registry',
    path: 'a.reg',
    text: 'UTF16([HKEY_CURRENT_USER\\Environment]\r\n"AWS_ACCESS_KEY_ID"="ID"\r\n"AWS_SECRET_ACCESS_KEY"="SECRET"\r\n)',
  },
  {
    name: 'Kubernetes Secret with a whole file',
    path: 'secret.json',
    text: '{"kind":"Secret","data":{"credentials":"B64([default]\naws_access_key_id = ID\naws_secret_access_key = SECRET\n)"}}\n',
  },
  {
    name: 'Terraform plan',
    path: 'plan.txt',
    text: '  + resource "aws_lambda_function" "f" {\n      + environment {\n          + variables = {\n              + "ACCESS_KEY" = "ID"\n              + "SECRET_KEY" = "SECRET"\n            }\n        }\n    }\n',
  },
  {
    name: 'chat',
    path: 'export.json',
    text: '{"messages":[{"user":"U1","text":"here you go ID \\/ JSON(SECRET)"}]}',
  },
  {
    name: 'assumed role as shell variables',
    path: 'assume.sh',
    text: 'export AWS_ACCESS_KEY_ID="ID"\nexport AWS_SECRET_ACCESS_KEY="SECRET"\nexport AWS_SESSION_TOKEN="TOKEN"\n',
    temporary: true,
  },
  {
    name: 'instance metadata',
    path: 'meta.txt',
    text: '{\n  "Code" : "Success",\n  "LastUpdated" : "2026-01-01T10:00:00Z",\n  "Type" : "AWS-HMAC",\n  "AccessKeyId" : "ID",\n  "SecretAccessKey" : "SECRET",\n  "Token" : "TOKEN",\n  "Expiration" : "2026-01-01T16:00:00Z"\n}\n',
    temporary: true,
  },
  {
    name: 'assume-role answer in XML',
    path: 'sts.xml',
    text: '<Credentials><AccessKeyId>ID</AccessKeyId><SecretAccessKey>SECRET</SecretAccessKey><SessionToken>TOKEN</SessionToken></Credentials>',
    temporary: true,
  },
];
