/** Ways in which people write an AWS pair down. `ID` and `SECRET` stand for the values; a context tells where they must be found. */
export interface AwsContext {
  name: string;
  path: string;
  text: string;
  /** A session token stands there as `TOKEN`. */
  temporary?: boolean;
}

const json = (text: string) => text;

export const AWS_CONTEXTS: AwsContext[] = [
  { name: 'environment file', path: '.env', text: 'AWS_ACCESS_KEY_ID=ID\nAWS_SECRET_ACCESS_KEY=SECRET\n' },
  {
    name: 'quoted environment file',
    path: '.env',
    text: 'export AWS_ACCESS_KEY_ID="ID"\nexport AWS_SECRET_ACCESS_KEY="SECRET"\nexport REGION=eu-west-1\n',
  },
  { name: 'old environment names', path: 'env.sh', text: "AWS_ACCESS_KEY='ID'\nAWS_SECRET_KEY='SECRET'\n" },
  { name: 'S3 names', path: 'settings.env', text: 'S3_KEY=ID\nS3_SECRET=SECRET\nS3_BUCKET=x\n' },
  {
    name: 'Windows set',
    path: 'run.bat',
    text: 'set AWS_ACCESS_KEY_ID=ID\r\nset AWS_SECRET_ACCESS_KEY=SECRET\r\n',
  },
  {
    name: 'PowerShell',
    path: 'run.ps1',
    text: '$env:AWS_ACCESS_KEY_ID = "ID"\n$env:AWS_SECRET_ACCESS_KEY = "SECRET"\n',
  },
  {
    name: 'setx',
    path: 'run.cmd',
    text: 'setx AWS_ACCESS_KEY_ID ID\r\nsetx AWS_SECRET_ACCESS_KEY SECRET\r\n',
  },
  {
    name: 'credentials file',
    path: '.aws/credentials',
    text: '[default]\naws_access_key_id = ID\naws_secret_access_key = SECRET\n',
  },
  {
    name: 'credentials file with a token',
    path: '.aws/credentials',
    text: '[s]\naws_access_key_id=ID\naws_secret_access_key=SECRET\naws_session_token=TOKEN\n',
    temporary: true,
  },
  {
    name: 'console CSV',
    path: 'dev_accessKeys.csv',
    text: 'Access key ID,Secret access key\r\nID,SECRET\r\n',
  },
  {
    name: 'console CSV with a mark',
    path: 'dev_accessKeys.csv',
    text: '\ufeffAccess key ID,Secret access key\r\nID,SECRET\r\n',
  },
  {
    name: 'quoted CSV',
    path: 'credentials.csv',
    text: 'User Name,Access Key Id,Secret Access Key\n"dev","ID","SECRET"\n',
  },
  {
    name: 'new user CSV',
    path: 'new_user_credentials.csv',
    text: 'User name,Password,Access key ID,Secret access key,Console login link\ndev,,ID,SECRET,https://x.signin.aws.amazon.com/console\n',
  },
  { name: 'root CSV', path: 'rootkey.csv', text: 'AWSAccessKeyId=ID\r\nAWSSecretKey=SECRET\r\n' },
  {
    name: 'boto',
    path: '.boto',
    text: '[Credentials]\naws_access_key_id = ID\naws_secret_access_key = SECRET\n',
  },
  {
    name: 's3cfg',
    path: '.s3cfg',
    text: '[default]\naccess_key = ID\nbucket_location = US\nsecret_key = SECRET\n',
  },
  {
    name: 'rclone',
    path: 'rclone.conf',
    text: '[s3]\ntype = s3\nprovider = AWS\naccess_key_id = ID\nsecret_access_key = SECRET\nregion = us-east-1\n',
  },
  { name: 's3fs', path: '.passwd-s3fs', text: 'ID:SECRET\n' },
  {
    name: 'Terraform provider',
    path: 'main.tf',
    text: 'provider "aws" {\n  region     = "us-west-2"\n  access_key = "ID"\n  secret_key = "SECRET"\n}\n',
  },
  {
    name: 'Terraform variables',
    path: 'vars.tf',
    text: 'variable "aws_access_key" {\n  default = "ID"\n}\n\nvariable "aws_secret_key" {\n  default = "SECRET"\n}\n',
  },
  { name: 'tfvars', path: 'prod.tfvars', text: 'access_key = "ID"\nsecret_key = "SECRET"\n' },
  {
    name: 'Terraform state',
    path: 'terraform.tfstate',
    text: json(
      '{"resources":[{"type":"aws_iam_access_key","instances":[{"attributes":{"create_date":null,"id":"ID","secret":"SECRET","ses_smtp_password_v4":null,"status":"Active","user":"x"}}]}]}',
    ),
  },
  {
    name: 'CloudFormation',
    path: 'template.yaml',
    text: 'Environment:\n  Variables:\n    AWS_ACCESS_KEY: ID\n    AWS_SECRET: SECRET\n',
  },
  {
    name: 'serverless',
    path: 'serverless.yml',
    text: 'environment:\n  ACCESS_KEY_ID: ID\n  SECRET_ACCESS_KEY: SECRET\n',
  },
  {
    name: 'Kubernetes Secret',
    path: 'secret.yaml',
    text: 'apiVersion: v1\nkind: Secret\ndata:\n  AWS_ACCESS_KEY_ID: B64(ID)\n  AWS_SECRET_ACCESS_KEY: B64(SECRET)\n',
  },
  {
    name: 'Kubernetes stringData',
    path: 'secret.yaml',
    text: 'kind: Secret\nstringData:\n  access-key: ID\n  secret-key: SECRET\n',
  },
  {
    name: 'Kubernetes mixed',
    path: 'deploy.yaml',
    text: 'env:\n  - name: AWS_ACCESS_KEY_ID\n    value: ID\n  - name: AWS_SECRET_ACCESS_KEY\n    value: SECRET\n',
  },
  {
    name: 'compose map',
    path: 'docker-compose.yml',
    text: 'environment:\n  AWS_ACCESS_KEY_ID: ID\n  AWS_SECRET_ACCESS_KEY: SECRET\n',
  },
  {
    name: 'compose list',
    path: 'docker-compose.yml',
    text: 'environment:\n  - AWS_ACCESS_KEY_ID=ID\n  - AWS_SECRET_ACCESS_KEY=SECRET\n',
  },
  {
    name: 'Dockerfile',
    path: 'Dockerfile',
    text: 'ENV AWS_ACCESS_KEY_ID ID\nENV AWS_SECRET_ACCESS_KEY SECRET\n',
  },
  {
    name: 'Dockerfile in one line',
    path: 'Dockerfile',
    text: 'ENV AWS_ACCESS_KEY_ID=ID AWS_SECRET_ACCESS_KEY=SECRET AWS_REGION=us-east-1\n',
  },
  {
    name: 'registry storage',
    path: 'config.env',
    text: 'REGISTRY_STORAGE_S3_ACCESSKEY=ID\nREGISTRY_STORAGE_S3_SECRETKEY=SECRET\n',
  },
  {
    name: 'JavaScript',
    path: 'app.js',
    text: "AWS.config.update({ accessKeyId: 'ID', secretAccessKey: 'SECRET', region: 'eu-west-1' });\n",
  },
  {
    name: 'TypeScript',
    path: 'app.ts',
    text: "const credentials: Credentials = {\n  accessKeyId: 'ID',\n  secretAccessKey: 'SECRET',\n};\n",
  },
  {
    name: 'JSON',
    path: 'config.json',
    text: '{ "accessKeyId": "ID", "secretAccessKey": "SECRET", "region": "us-east-1" }\n',
  },
  {
    name: 'STS answer',
    path: 'sts.json',
    text: '{"Credentials":{"AccessKeyId":"ID","SecretAccessKey":"SECRET","SessionToken":"TOKEN","Expiration":"2026-01-01T00:00:00Z"}}',
    temporary: true,
  },
  {
    name: 'Python boto3',
    path: 'a.py',
    text: "s3 = boto3.client('s3', aws_access_key_id='ID', aws_secret_access_key='SECRET')\n",
  },
  { name: 'Python positional', path: 'a.py', text: "conn = S3Connection('ID', 'SECRET')\n" },
  { name: 'Python constants', path: 'settings.py', text: 'AWS_KEY = "ID"\nAWS_PASS = "SECRET"\n' },
  {
    name: 'Java',
    path: 'A.java',
    text: 'BasicAWSCredentials c = new BasicAWSCredentials("ID", "SECRET");\n',
  },
  {
    name: 'Java in two lines',
    path: 'A.java',
    text: 'AwsBasicCredentials.create(\n    "ID",\n    "SECRET");\n',
  },
  {
    name: 'Java properties',
    path: 'application.properties',
    text: 'cloud.aws.credentials.access-key=ID\ncloud.aws.credentials.secret-key=SECRET\n',
  },
  { name: 'Kotlin', path: 'A.kt', text: 'val accessKey = "ID"\nval secretKey = "SECRET"\n' },
  {
    name: 'Scala Spark',
    path: 'A.scala',
    text: 'sc.hadoopConfiguration.set("fs.s3a.access.key", "ID")\nsc.hadoopConfiguration.set("fs.s3a.secret.key", "SECRET")\n',
  },
  {
    name: 'Hadoop XML',
    path: 'core-site.xml',
    text: '<property><name>fs.s3n.awsAccessKeyId</name><value>ID</value></property>\n<property><name>fs.s3n.awsSecretAccessKey</name><value>SECRET</value></property>\n',
  },
  { name: 'S3 URL', path: 'job.sh', text: 'hadoop distcp s3n://ID:URL(SECRET)@bucket/path hdfs:///x\n' },
  { name: 'Go', path: 'a.go', text: 'creds := credentials.NewStaticCredentials("ID", "SECRET", "")\n' },
  {
    name: 'Ruby',
    path: 'a.rb',
    text: "Aws.config.update(credentials: Aws::Credentials.new('ID', 'SECRET'))\n",
  },
  {
    name: 'Ruby fog',
    path: 'fog.rb',
    text: "config.fog_credentials = {\n  :provider => 'AWS',\n  :aws_access_key_id => 'ID',\n  :aws_secret_access_key => 'SECRET'\n}\n",
  },
  {
    name: 'PHP',
    path: 'a.php',
    text: "$s3 = new S3Client(['credentials' => ['key' => 'ID', 'secret' => 'SECRET']]);\n",
  },
  {
    name: 'PHP define',
    path: 'a.php',
    text: "define('awsAccessKey', 'ID');\ndefine('awsSecretKey', 'SECRET');\n",
  },
  {
    name: 'C#',
    path: 'A.cs',
    text: 'var client = new AmazonS3Client("ID", "SECRET", RegionEndpoint.USEast1);\n',
  },
  {
    name: '.NET settings',
    path: 'Web.config',
    text: '<add key="AWSAccessKey" value="ID" />\n<add key="AWSSecretKey" value="SECRET" />\n',
  },
  {
    name: 'Rust',
    path: 'a.rs',
    text: 'let provider = StaticProvider::new_minimal("ID".to_string(), "SECRET".to_string());\n',
  },
  {
    name: 'Swift',
    path: 'A.swift',
    text: 'let provider = AWSStaticCredentialsProvider(accessKey: "ID", secretKey: "SECRET")\n',
  },
  {
    name: 'Objective-C',
    path: 'A.m',
    text: '[[AWSStaticCredentialsProvider alloc] initWithAccessKey:@"ID" secretKey:@"SECRET"];\n',
  },
  {
    name: 'R',
    path: 'a.R',
    text: 'Sys.setenv("AWS_ACCESS_KEY_ID" = "ID",\n           "AWS_SECRET_ACCESS_KEY" = "SECRET")\n',
  },
  {
    name: 'Perl',
    path: 'a.pl',
    text: "my $s3 = Amazon::S3->new({ aws_access_key_id => 'ID', aws_secret_access_key => 'SECRET' });\n",
  },
  {
    name: 'GitLab runner',
    path: 'config.toml',
    text: '[runners.cache.s3]\n  AccessKey = "ID"\n  SecretKey = "SECRET"\n  BucketName = "x"\n',
  },
  {
    name: 'Travis',
    path: '.travis.yml',
    text: 'deploy:\n  provider: s3\n  access_key_id: ID\n  secret_access_key: SECRET\n',
  },
  {
    name: 'Ansible',
    path: 'play.yml',
    text: '- amazon.aws.s3_object:\n    aws_access_key: ID\n    aws_secret_key: SECRET\n    bucket: x\n',
  },
  {
    name: 'Android strings',
    path: 'res/values/strings.xml',
    text: '<string name="aws_access">ID</string>\n<string name="aws_secret">SECRET</string>\n',
  },
  {
    name: 'Info.plist',
    path: 'Info.plist',
    text: '<key>AWSAccessKeyID</key>\n<string>ID</string>\n<key>AWSSecretKey</key>\n<string>SECRET</string>\n',
  },
  {
    name: 'notebook',
    path: 'a.ipynb',
    text: '{"cells":[{"cell_type":"code","source":["import os\\n","os.environ[\'AWS_ACCESS_KEY_ID\'] = \'ID\'\\n","os.environ[\'AWS_SECRET_ACCESS_KEY\'] = \'SECRET\'\\n"]}]}',
  },
  {
    name: 'notebook magic',
    path: 'a.ipynb',
    text: '{"source":["%env AWS_ACCESS_KEY_ID=ID\\n","%env AWS_SECRET_ACCESS_KEY=SECRET\\n"]}',
  },
  {
    name: 'JSON with escaped slashes',
    path: 'a.json',
    text: '{"accessKeyId":"ID","secretAccessKey":"JSON(SECRET)"}',
  },
  {
    name: 'JSON in a string',
    path: 'a.json',
    text: '{"body":"{\\"AccessKeyId\\":\\"ID\\",\\"SecretAccessKey\\":\\"SECRET\\"}"}',
  },
  {
    name: 'user data in base64',
    path: 'asg.json',
    text: '{"UserData": "B64(#!/bin/bash\nexport AWS_ACCESS_KEY_ID=ID\nexport AWS_SECRET_ACCESS_KEY=SECRET\naws s3 sync s3://b /x\n)"}',
  },
  {
    name: 'Postman',
    path: 'p.json',
    text: '{"auth":{"type":"awsv4","awsv4":[{"key":"accessKey","value":"ID","type":"string"},{"key":"secretKey","value":"SECRET","type":"string"}]}}',
  },
  {
    name: 'shell history',
    path: '.bash_history',
    text: 'aws configure set aws_access_key_id ID\naws configure set aws_secret_access_key SECRET\nls\n',
  },
  {
    name: 'command line',
    path: 'deploy.sh',
    text: 's3cmd --access_key=ID --secret_key=SECRET put x s3://b/\n',
  },
  { name: 'Markdown', path: 'README.md', text: 'Access key: `ID`\nSecret: `SECRET`\n' },
  {
    name: 'mail',
    path: 'mail.txt',
    text: 'Hi,\n\nhere are the keys\n\nAccess Key ID: ID\nSecret Access Key: SECRET\n\nBye\n',
  },
  { name: 'query string', path: 'a.http', text: 'GET /x?access_key=ID&secret=URL(SECRET) HTTP/1.1\n' },
  {
    name: 'concatenated',
    path: 'a.js',
    text: "const id = 'HEAD(ID)' + 'TAIL(ID)';\nconst secret = 'HEAD(SECRET)' +\n  'TAIL(SECRET)';\n",
  },
  {
    name: 'two profiles',
    path: '.aws/credentials',
    text: '[one]\naws_access_key_id = OTHERID\naws_secret_access_key = OTHERSECRET\n\n[two]\naws_access_key_id = ID\naws_secret_access_key = SECRET\n',
  },
  {
    name: 'ids before secrets',
    path: '.env',
    text: 'DEV_AWS_KEY=OTHERID\nPROD_AWS_KEY=ID\nDEV_AWS_SECRET=OTHERSECRET\nPROD_AWS_SECRET=SECRET\n',
  },
  { name: 'UTF-16', path: 'creds.txt', text: 'UTF16(Access key ID: ID\r\nSecret access key: SECRET\r\n)' },
  {
    name: 'minified',
    path: 'app.min.js',
    text: 'var a=1;function b(){return{accessKeyId:"ID",secretAccessKey:"SECRET"}}!function(){console.log(a)}();',
  },
  {
    name: 'XML',
    path: 'a.xml',
    text: '<credentials><accessKey>ID</accessKey><secretKey>SECRET</secretKey></credentials>',
  },
  {
    name: 'HTML entities',
    path: 'a.html',
    text: '<pre>aws_access_key_id=ID\naws_secret_access_key=XML(SECRET)</pre>',
  },
  { name: 'list of rows', path: 'keys.txt', text: 'OTHERID OTHERSECRET\nID SECRET\n' },
  { name: 'tab separated', path: 'keys.tsv', text: 'dev\tID\tSECRET\n' },
];
